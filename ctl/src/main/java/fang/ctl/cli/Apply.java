// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Failure;
import fang.ctl.model.Group;
import fang.ctl.model.Profile;
import fang.ctl.output.JsonDocuments;
import fang.ctl.output.Text;
import fang.ctl.plan.Action;
import fang.ctl.plan.Applier;
import fang.ctl.plan.GroupPlan;
import fang.ctl.plan.Plan;
import fang.ctl.plan.Planner;
import fang.ctl.plan.Preload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ParseResult;

/** {@code fangctl apply}. */
final class Apply extends Command {
    Apply() {
        super(
                "apply",
                "Makes groups as profiles say, all or nothing; done twice, the second changes nothing.",
                "fangctl apply -f /etc/fang/antivirus.yaml",
                "fangctl apply -f /etc/fang/profiles.d --dry-run",
                "fangctl export | sed s/5s/10s/ | fangctl apply -f -");
        ProfileOptions.add(this);
        flag("Show what would be done and do nothing.", "--dry-run");
        flag("Allow changes that need a group disabled for a moment.", "--allow-gap");
        Exclusive.option(this);
        documentFormat();
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        boolean json = json(args, context);
        boolean dry = has(args, "--dry-run");
        Plan plan = null;
        try {
            Profile profile = ProfileFiles.read(ProfileOptions.files(args), context);
            List<String> warnings = new ArrayList<>();
            if (dry) {
                plan = plan(profile, context, true);
            } else {
                var report = new AllReport();
                Exclusive lock = Exclusive.take(args, context);
                try {
                    plan = plan(profile, context, false);
                    new Applier(context.store(), context.uninterrupted(), CoverAll.of(plan, report, context))
                            .apply(plan, profile.sources(), profile.positions(), has(args, "--allow-gap"));
                    endPauses(plan, context);
                } finally {
                    lock.close();
                }
                warnings.addAll(report.failures());
                warnings.addAll(CoverAll.unfollowed(plan, context));
                warnings.addAll(new Preload(context.store()).run(plan));
            }
            warnings.addAll(0, plan.warnings());
            print(plan, warnings, json, dry, context);
            return ExitCode.DONE;
        } catch (Failure e) {
            if (json) {
                context.setJson(false);
                Plan planned = plan;
                context.printJson(out -> JsonDocuments.plan(
                        out, planned, false, planned == null ? List.of() : planned.warnings(), e.problems()));
            }
            throw e;
        }
    }

    /** Of groups that shall stay disabled. */
    static void endPauses(Plan plan, Context context) throws IOException {
        for (GroupPlan group : plan.groups()) {
            if (group.spec().enabled().isPresent() && !group.enabledAfter()) {
                Pause.cancel(group.name(), context);
            }
        }
    }

    private static Plan plan(Profile profile, Context context, boolean dry) {
        // What a profile asks for can be shown before the module is installed.
        boolean absent = dry && !context.anyStore().isPresent();
        List<Group> actual = absent ? List.of() : context.reader().readAll();
        return Planner.plan(profile.groups(), actual);
    }

    private static void print(Plan plan, List<String> warnings, boolean json, boolean dry, Context context)
            throws IOException {
        for (String warning : warnings) {
            context.note("warning: " + warning);
        }
        if (json) {
            context.printJson(out -> JsonDocuments.plan(out, plan, plan.isChange() && !dry, warnings, List.of()));
            return;
        }
        var text = new StringBuilder();
        for (GroupPlan group : plan.groups()) {
            if (group.action() != Action.UNCHANGED) {
                text.append(Text.groupPlan(group, !dry)).append('\n');
            }
        }
        text.append(Text.summary(plan)).append(dry ? " (dry run, nothing was changed)\n" : "\n");
        context.print(text.toString());
    }
}
