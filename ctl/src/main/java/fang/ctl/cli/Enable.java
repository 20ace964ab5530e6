// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Group;
import fang.ctl.model.GroupName;
import fang.ctl.output.Text;
import fang.ctl.plan.Planner;
import java.io.IOException;
import picocli.CommandLine.ParseResult;

/** {@code fangctl enable} and {@code fangctl disable}. */
final class Enable extends Command {
    private final boolean enable;

    Enable(boolean enable) {
        super(
                enable ? "enable" : "disable",
                enable
                        ? "Puts groups in force."
                        : "Takes groups out of force: what waits is settled by on_no_listener, fastpaths end.",
                enable ? "fangctl enable idx" : "fangctl disable idx");
        this.enable = enable;
        operands("GROUP", "Their names.", true);
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        for (String text : operands(args, 0)) {
            GroupName name = context.existing(text);
            boolean was = context.reader().isEnabled(name);
            if (was != enable) {
                context.store().write("groups/" + name + "/enabled", enable ? "1" : "0");
            }
            context.println(name + ": " + (was == enable ? "already " : "") + result(name, context));
        }
        return ExitCode.DONE;
    }

    private String result(GroupName name, Context context) {
        if (!enable) {
            return "disabled";
        }
        Group group = context.group(name);
        Planner.longWait(name, group::get).ifPresent(warning -> context.note("warning: " + warning));
        String scope = group.scopes().isEmpty() ? ", no scope. Next: fangctl scope add " + name + " subtree=DIR" : "";
        return "enabled, " + Text.listeners(group) + scope;
    }
}
