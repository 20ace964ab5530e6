// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Change;
import fang.ctl.model.Profile;
import fang.ctl.output.JsonDocuments;
import fang.ctl.output.Text;
import fang.ctl.plan.Action;
import fang.ctl.plan.GroupPlan;
import fang.ctl.plan.Ownership;
import fang.ctl.plan.Plan;
import fang.ctl.profile.FileTrust;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.ParseResult;

/** {@code fangctl diff}. */
final class Diff extends Command {
    Diff() {
        super(
                "diff",
                "Shows how groups differ from profiles; exit 0 if they do not, 1 if they do. Needs no root.",
                "fangctl diff -f /etc/fang/profiles.d",
                "fangctl diff -f av.yaml -o json | jq '.groups[].changes'");
        ProfileOptions.add(this);
        OwnerOptions.add(this);
        documentFormat();
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        boolean json = json(args, context);
        ProfileFiles files = ProfileFiles.load(ProfileOptions.files(args), FileTrust.everybody(), context);
        Profile profile = files.profile();
        Ownership owners = OwnerOptions.of(args, files).ownership().lenient();
        Plan plan = owners.plan(profile.groups(), context.reader().readAll(), profile.positions());
        if (json) {
            context.printJson(out -> JsonDocuments.plan(out, plan, false, plan.warnings(), List.of()));
        } else {
            context.print(text(plan));
        }
        return plan.isChange() ? ExitCode.NO : ExitCode.DONE;
    }

    private static String text(Plan plan) {
        var text = new StringBuilder();
        for (GroupPlan group : plan.groups()) {
            if (group.action() == Action.CREATED) {
                text.append(Text.groupPlan(group, false)).append('\n');
                continue;
            }
            for (Change change : group.changes()) {
                text.append(group.name()).append(": ").append(change).append('\n');
            }
        }
        return text.toString();
    }
}
