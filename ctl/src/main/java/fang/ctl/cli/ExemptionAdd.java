// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Condition;
import fang.ctl.model.GroupName;
import fang.ctl.plan.ItemEditor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code fangctl exemption add}. */
final class ExemptionAdd extends Command {
    ExemptionAdd() {
        super(
                "exemption add",
                "Lets tasks or files raise nothing in a group: neither events nor requests.",
                "fangctl exemption add av exe=/usr/sbin/clamd",
                "fangctl exemption add av uid=backup cgroup=/system.slice/backup.service",
                "fangctl exemption add av tgid=812");
        operand("GROUP", "Its name.", true);
        operands(
                "TYPE=VALUE",
                "exe=PATH, uid=USER, cgroup=PATH, subtree=DIR, or tgid=PID for as long as that process lives.",
                true);
        option("NAME", "Its name, if one is added. Default: made of what it says.", "--name");
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        GroupName group = context.existing(operand(args, 0));
        String name = RuleWords.name(option(args, "--name", null));
        List<Condition> conditions = new ArrayList<>();
        for (String operand : operands(args, 1)) {
            conditions.add(RuleWords.exemption(operand, context.users()));
        }
        if (name != null && conditions.size() > 1) {
            throw usage("--name goes with one exemption");
        }
        for (Condition condition : conditions) {
            List<String> before = context.exemptions(group).stream()
                    .filter(state -> state.enabled())
                    .map(state -> state.name())
                    .toList();
            String added = new ItemEditor(context.store()).addExemption(group, condition, name);
            context.println(group + ": " + (before.contains(added) ? "already " : "+ ") + condition);
        }
        return ExitCode.DONE;
    }
}
