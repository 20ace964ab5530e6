// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Profile;
import fang.ctl.output.JsonDocuments;
import fang.ctl.plan.Plan;
import fang.ctl.plan.Planner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code fangctl check}. */
final class Check extends Command {
    Check() {
        super(
                "check",
                "Checks profiles without touching anything; needs neither root nor module. Exit 4 if one is wrong.",
                "fangctl check -f av.yaml",
                "fangctl check -f /etc/fang/profiles.d -o json");
        ProfileOptions.add(this);
        documentFormat();
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        boolean json = json(args, context);
        Profile profile = ProfileFiles.look(ProfileOptions.files(args), context);
        Plan plan = Planner.plan(profile.groups(), List.of());
        List<String> warnings = new ArrayList<>(ServeWarnings.of(profile));
        warnings.addAll(plan.warnings());
        for (String warning : warnings) {
            context.note("warning: " + warning);
        }
        if (json) {
            context.printJson(out -> JsonDocuments.plan(out, plan, false, warnings, List.of()));
        } else {
            int count = profile.groups().size();
            context.println("ok: " + count + (count == 1 ? " group" : " groups"));
        }
        return ExitCode.DONE;
    }
}
