// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Attribute;
import fang.ctl.model.Durations;
import fang.ctl.model.Group;
import fang.ctl.model.GroupName;
import fang.ctl.output.Text;
import fang.ctl.plan.Planner;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** {@code fangctl enable} and {@code fangctl disable}. */
final class Enable extends Command {
    private final boolean enable;

    Enable(boolean enable) {
        super(
                enable ? "enable" : "disable",
                enable
                        ? "Puts groups in force."
                        : "Takes groups out of force: what waits is settled by on_no_listener, fastpaths end.",
                enable
                        ? new String[] {"fangctl enable idx"}
                        : new String[] {"fangctl disable idx", "fangctl disable av --for 30m"});
        this.enable = enable;
        operands("GROUP", "Their names.", true);
        if (!enable) {
            option("TIME", "Enable them again after this time, at most 24h; enable before then ends that.", "--for");
        }
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        long pause = !enable && has(args, "--for") ? Pause.length(option(args, "--for", null)) : 0;
        for (String text : operands(args, 0)) {
            GroupName name = context.existing(text);
            boolean was = context.reader().isEnabled(name);
            boolean paused = pause > 0 && (was || Pause.exists(name, context));
            if (paused) {
                Pause.start(name, pause, context);
            } else {
                Pause.cancel(name, context);
            }
            if (enable && context.reader().scopes(name).hasAll()) {
                // What was mounted while nobody followed, before the group is in force.
                CoverAll.run(name, context, () -> {});
            }
            if (was != enable) {
                context.store().write("groups/" + name + "/enabled", enable ? "1" : "0");
            }
            context.println(name + ": " + (was == enable ? "already " : "") + result(name, context)
                    + (paused ? until(pause) : ""));
        }
        return ExitCode.DONE;
    }

    private static String until(long pause) {
        return " until "
                + DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss")
                        .withZone(ZoneId.systemDefault())
                        .format(Instant.ofEpochMilli(System.currentTimeMillis() + pause))
                + " (" + Durations.format(pause) + "). To end that: fangctl enable, or disable";
    }

    private String result(GroupName name, Context context) {
        if (!enable) {
            return "disabled";
        }
        Group group = context.group(name);
        Planner.longWait(
                        name,
                        group.get(Attribute.MASK),
                        group.get(Attribute.TIMEOUT),
                        group.get(Attribute.MAX_EXTENSIONS))
                .ifPresent(warning -> context.note("warning: " + warning));
        String scope =
                group.scopes().states().isEmpty() ? ", no scope. Next: fangctl scope add " + name + " subtree=DIR" : "";
        return "enabled, " + Text.listeners(group) + scope;
    }
}
