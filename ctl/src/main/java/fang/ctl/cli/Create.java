// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.configfs.StoreException;
import fang.ctl.model.Attribute;
import fang.ctl.model.Errno;
import fang.ctl.model.EventKind;
import fang.ctl.model.GroupName;
import fang.ctl.model.GroupSpec;
import fang.ctl.output.Text;
import fang.ctl.plan.Applier;
import fang.ctl.plan.GroupPlan;
import fang.ctl.plan.Plan;
import fang.ctl.plan.Planner;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** {@code fangctl create}. */
final class Create extends Command {
    private static final List<Attribute> FAIL_OPEN =
            List.of(Attribute.ON_TIMEOUT, Attribute.ON_NO_LISTENER, Attribute.ON_OVERFLOW, Attribute.ON_CANNOT_WAIT);

    Create() {
        super(
                "create",
                "Makes a group, disabled. Keys are those of profiles.",
                "fangctl create idx mask=close_write priority=50",
                "fangctl create av mask=open_access priority=10 timeout=5s on_timeout=deny");
        operand("GROUP", "Its name.", true);
        operands("KEY=VALUE", "Attributes; what is not named has its default.", false);
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        GroupName name = Context.name(operand(args, 0));
        GroupSpec spec = KeyValues.parse(name, operands(args, 1));
        if (context.store().exists("groups/" + name)) {
            throw new StoreException(StoreException.Call.MAKE, "groups/" + name, Errno.EEXIST, "");
        }
        Plan plan = Planner.plan(List.of(spec), context.settings());
        new Applier(context.store()).apply(plan, Map.of(), Map.of(), false);
        GroupPlan group = plan.groups().get(0);
        context.println(Text.groupPlan(group, true) + ". Next: fangctl scope add " + name + " subtree=DIR");
        noteFailOpen(group, context);
        return ExitCode.DONE;
    }

    private static void noteFailOpen(GroupPlan group, Context context) {
        List<String> open = FAIL_OPEN.stream()
                .filter(attribute -> group.after(attribute).equals("allow"))
                .map(Attribute::key)
                .toList();
        if (!open.isEmpty()
                && !EventKind.accessWords(group.after(Attribute.MASK)).isEmpty()) {
            context.note("note: " + group.name() + " fails open: allow is set for " + String.join(", ", open));
        }
    }
}
