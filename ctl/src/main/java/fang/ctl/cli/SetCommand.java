// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.GroupName;
import fang.ctl.model.GroupSpec;
import fang.ctl.output.Text;
import fang.ctl.plan.AllScopes;
import fang.ctl.plan.Applier;
import fang.ctl.plan.Plan;
import fang.ctl.plan.Planner;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** {@code fangctl set}. */
final class SetCommand extends Command {
    SetCommand() {
        super(
                "set",
                "Changes a group's attributes, all or none. Keys are those of profiles.",
                "fangctl set av timeout=10s on_timeout=deny",
                "fangctl set idx priority=11 --allow-gap");
        operand("GROUP", "Its name.", true);
        operands("KEY=VALUE", "Attributes to change.", true);
        Exclusive.option(this);
        flag("Allow changes that need the group disabled for a moment.", "--allow-gap");
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        GroupName name = context.existing(operand(args, 0));
        GroupSpec spec = KeyValues.parse(name, operands(args, 1));
        Plan plan;
        List<String> warnings = List.of();
        Exclusive lock = Exclusive.take(args, context);
        try {
            plan = Planner.plan(List.of(spec), context.settings());
            // Only what is put in force needs to cover what was mounted meanwhile.
            boolean enables = plan.groups().get(0).enable();
            var report = new AllReport();
            AllScopes all = enables ? CoverAll.of(plan, report, context) : null;
            new Applier(context.store(), context.uninterrupted(), all)
                    .apply(plan, Map.of(), Map.of(), has(args, "--allow-gap"));
            warnings = report.failures();
            Apply.settle(plan, context);
        } finally {
            lock.close();
        }
        plan.warnings().forEach(warning -> context.note("warning: " + warning));
        warnings.forEach(warning -> context.note("warning: " + warning));
        context.println(Text.groupPlan(plan.groups().get(0), true));
        return ExitCode.DONE;
    }
}
