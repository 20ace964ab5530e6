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
import fang.ctl.plan.Ownership;
import fang.ctl.plan.Plan;
import fang.ctl.plan.Preload;
import fang.ctl.profile.FileTrust;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

/** {@code fangctl apply}. */
final class Apply extends Command {
    Apply() {
        super(
                "apply",
                "Makes groups as profiles say, all or nothing; done twice, the second changes nothing.",
                "fangctl apply -f /etc/fang/antivirus.yaml",
                "fangctl apply --prune --dry-run",
                "fangctl apply --stage && fangctl enable --managed",
                "fangctl export | sed s/5s/10s/ | fangctl apply -f - --adopt");
        ProfileOptions.add(this);
        flag("Show what would be done and do nothing.", "--dry-run");
        flag(
                "Enable no group that is not enabled yet: all is put in place, for fangctl enable --managed to put in"
                        + " force.",
                "--stage");
        flag("Allow changes that need a group disabled for a moment.", "--allow-gap");
        OwnerOptions.add(this);
        Exclusive.option(this);
        documentFormat();
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        boolean json = json(args, context);
        boolean dry = has(args, "--dry-run");
        Plan plan = null;
        try (var progress = new ProgressLine(context)) {
            String[] names = ProfileOptions.files(args);
            ProfileFiles files = dry
                    ? ProfileFiles.load(names, FileTrust.everybody(), context)
                    : ProfileFiles.readForChanges(names, context);
            Profile profile = files.profile();
            OwnerOptions owners = OwnerOptions.of(args, files);
            List<String> warnings = new ArrayList<>(ServeWarnings.of(profile));
            warnings.addAll(owners.warnings());
            if (dry) {
                plan = plan(profile, owners.ownership(), args, progress, context);
            } else {
                Runnable checkpoint = context.uninterrupted();
                var report = new AllReport();
                Exclusive lock = Exclusive.take(args, context);
                try {
                    plan = plan(profile, owners.ownership(), args, progress, context);
                    new Applier(context.store(), checkpoint, CoverAll.of(plan, report, context))
                            .tell(progress)
                            .apply(plan, owners.ownership().labels(), profile.positions(), has(args, "--allow-gap"));
                    settle(plan, context);
                } finally {
                    progress.clear();
                    lock.close();
                }
                warnings.addAll(report.failures());
                warnings.addAll(CoverAll.unfollowed(plan, context));
                warnings.addAll(new Preload(context.store(), new PreloadProgress(checkpoint, context)).run(plan));
            }
            warnings.addAll(0, plan.warnings());
            progress.clear();
            print(plan, warnings, json, dry, context);
            return ExitCode.DONE;
        } catch (CancellationException e) {
            throw new Failure(Failure.Kind.OTHER, "interrupted while preloading; the groups are as the profile says");
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

    /** Notes which groups shall stay disabled, and which no longer. */
    static void settle(Plan plan, Context context) throws IOException {
        for (GroupPlan group : plan.groups()) {
            if (group.action() == Action.REMOVED || group.enabledAfter() || group.staged()) {
                Withheld.clear(group.name(), context);
            } else if (group.spec().enabled().isPresent()) {
                Withheld.mark(group.name(), context);
            }
            if (group.spec().enabled().isPresent() && !group.enabledAfter() && !group.staged()) {
                Pause.cancel(group.name(), context);
            }
        }
    }

    private static Plan plan(
            Profile profile, Ownership ownership, ParseResult args, ProgressLine progress, Context context) {
        // What a profile asks for can be shown before the module is installed.
        boolean absent = has(args, "--dry-run") && !context.anyStore().isPresent();
        List<Group> actual = absent ? List.of() : context.settings(progress);
        return ownership.plan(profile.groups(), actual, profile.positions(), has(args, "--stage"));
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
        boolean staged = false;
        for (GroupPlan group : plan.groups()) {
            if (group.action() != Action.UNCHANGED) {
                text.append(Text.groupPlan(group, !dry)).append('\n');
            }
            staged |= group.staged();
        }
        text.append(Text.summary(plan))
                .append(dry ? " (dry run, nothing was changed)" : "")
                .append(staged && !dry ? ". Next: fangctl enable --managed\n" : "\n");
        context.print(text.toString());
    }
}
