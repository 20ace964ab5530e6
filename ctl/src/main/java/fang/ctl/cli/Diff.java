// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Change;
import fang.ctl.model.GroupSpec;
import fang.ctl.model.Profile;
import fang.ctl.output.JsonDocuments;
import fang.ctl.output.UnifiedDiff;
import fang.ctl.plan.Action;
import fang.ctl.plan.GroupPlan;
import fang.ctl.plan.Ownership;
import fang.ctl.plan.Plan;
import fang.ctl.profile.FileTrust;
import fang.ctl.profile.ProfileWriter;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
        Plan plan;
        try (var progress = new ProgressLine(context)) {
            plan = owners.plan(profile.groups(), context.settings(progress), profile.positions());
        }
        if (json) {
            context.printJson(out -> JsonDocuments.plan(out, plan, false, plan.warnings(), List.of()));
        } else {
            context.print(context.layout().diff(text(plan)));
            tellGaps(plan, context);
        }
        return plan.isChange() ? ExitCode.NO : ExitCode.DONE;
    }

    private static String text(Plan plan) {
        var text = new StringBuilder();
        for (GroupPlan group : plan.groups()) {
            if (group.action() == Action.UNCHANGED) {
                continue;
            }
            String diff = diff(group);
            text.append(diff);
            group.changes().stream()
                    .filter(change -> diff.isEmpty() || isUnseen(change))
                    .forEach(change -> text.append("# ")
                            .append(group.name())
                            .append(": ")
                            .append(change)
                            .append('\n'));
        }
        return text.toString();
    }

    private static String diff(GroupPlan group) {
        Optional<GroupSpec> before = group.before().map(ProfileWriter::spec);
        boolean removed = group.action() == Action.REMOVED;
        return UnifiedDiff.of(
                before.isPresent() ? "kernel/" + group.name() : "/dev/null",
                removed ? "/dev/null" : "profile/" + group.name(),
                before.map(Diff::lines).orElse(List.of()),
                removed ? List.of() : lines(inOrder(group.spec(), before)));
    }

    private static List<String> lines(GroupSpec spec) {
        return ProfileWriter.write(spec).lines().toList();
    }

    /** Scopes and exemptions have no order: what stays stands where it was. */
    private static GroupSpec inOrder(GroupSpec wanted, Optional<GroupSpec> before) {
        return new GroupSpec(
                wanted.name(),
                wanted.attributes(),
                wanted.enabled(),
                wanted.scopes().map(scopes -> inOrder(scopes, before.flatMap(GroupSpec::scopes))),
                wanted.exemptions().map(items -> inOrder(items, before.flatMap(GroupSpec::exemptions))),
                wanted.rules(),
                wanted.fastpathMax(),
                wanted.preload(),
                wanted.serve());
    }

    private static <T> List<T> inOrder(List<T> wanted, Optional<List<T>> before) {
        Set<T> sorted = new LinkedHashSet<>(before.orElse(List.of()));
        sorted.retainAll(wanted);
        sorted.addAll(wanted);
        return List.copyOf(sorted);
    }

    /** Whether no profile says it, so that no line of the difference does. */
    private static boolean isUnseen(Change change) {
        return change.key().equals("label")
                || change.before() != null && change.before().endsWith("(not in force)");
    }

    private static void tellGaps(Plan plan, Context context) {
        for (GroupPlan group : plan.groups()) {
            List<String> keys = group.changes().stream()
                    .filter(Change::gap)
                    .map(Change::key)
                    .toList();
            if (!keys.isEmpty()) {
                context.note("note: " + group.name() + ": " + String.join(", ", keys)
                        + ": fixed while it is enabled, so apply needs --allow-gap");
            }
        }
    }
}
