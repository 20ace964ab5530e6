// SPDX-License-Identifier: Apache-2.0
package fang.ctl.plan;

import fang.ctl.model.Attribute;
import fang.ctl.model.Change;
import fang.ctl.model.Failure;
import fang.ctl.model.Group;
import fang.ctl.model.GroupName;
import fang.ctl.model.GroupSpec;
import fang.ctl.model.Position;
import fang.ctl.model.Printable;
import fang.ctl.model.Problem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whose the groups are, by their labels: a group without one is nobody's, and whoever changes it takes it.
 *
 * @param labels what becomes the label of each group of the profile
 * @param adopt whether groups of others are taken
 * @param prune groups with these labels go, if the profile does not name them
 * @param refuse whether a change of another's group is refused, unless it is adopted
 */
public record Ownership(Map<GroupName, String> labels, boolean adopt, Set<String> prune, boolean refuse) {
    /** To look at what would change, whosever it is. */
    public Ownership lenient() {
        return new Ownership(labels, adopt, prune, false);
    }

    /** The way to what is wanted, with owners respected: {@link Planner#plan} and what labels add to it. */
    public Plan plan(List<GroupSpec> wanted, List<Group> actual, Map<String, Position> positions) {
        return plan(wanted, actual, positions, false);
    }

    /**
     * The same, but for enabling.
     *
     * @param stage leave groups disabled that are not enabled yet
     */
    public Plan plan(List<GroupSpec> wanted, List<Group> actual, Map<String, Position> positions, boolean stage) {
        Set<GroupName> named = new HashSet<>();
        for (GroupSpec spec : wanted) {
            named.add(spec.name());
        }
        List<Group> pruned = new ArrayList<>();
        List<Group> others = new ArrayList<>();
        for (Group group : actual) {
            boolean goes = !named.contains(group.name()) && prune.contains(group.label());
            (goes ? pruned : others).add(group);
        }
        Plan plan = Planner.plan(wanted, others, stage);
        List<GroupPlan> groups = new ArrayList<>();
        for (GroupPlan group : plan.groups()) {
            groups.add(adopt ? taken(group) : group);
        }
        refuseOthers(groups, positions);
        for (Group group : pruned) {
            groups.add(removal(group));
        }
        return new Plan(groups, plan.warnings());
    }

    private void refuseOthers(List<GroupPlan> groups, Map<String, Position> positions) {
        List<Problem> problems = new ArrayList<>();
        for (GroupPlan group : groups) {
            String label = group.before().isPresent() ? group.before().get().label() : "";
            String ours = labels.getOrDefault(group.name(), "");
            if (refuse && !adopt && group.action() == Action.UPDATED && !label.isEmpty() && !label.equals(ours)) {
                String path = "groups." + group.name();
                problems.add(new Problem(
                        positions.get(path),
                        path,
                        null,
                        "belongs to " + Printable.of(label) + ". Try: --adopt, which makes it that of "
                                + Printable.of(ours) + ", or --owner='" + Printable.of(label) + "'"));
            }
        }
        if (!problems.isEmpty()) {
            throw new Failure(Failure.Kind.REFUSED, "nothing was changed", problems);
        }
    }

    /** A group that is as wanted, but for its label, changes too. */
    private GroupPlan taken(GroupPlan group) {
        String ours = labels.getOrDefault(group.name(), "");
        String label = group.before().map(Group::label).orElse(ours);
        if (label.equals(ours)) {
            return group;
        }
        List<Change> changes = new ArrayList<>(group.changes());
        changes.add(new Change(
                "groups." + group.name() + ".label",
                "label",
                label.isEmpty() ? null : Printable.of(label),
                Printable.of(ours),
                false));
        return group.changed(changes);
    }

    private static GroupPlan removal(Group group) {
        return new GroupPlan(
                GroupSpec.ofAttributes(group.name(), Map.of(), Optional.of(false)),
                Optional.of(group),
                Action.REMOVED,
                List.of(),
                Map.<Attribute, String>of(),
                List.of(),
                List.of(),
                group.scopes().states(),
                new GroupPlan.Exemptions(List.of(), List.of(), group.exemptions()),
                Optional.empty(),
                group.rules().all(),
                group.enabled(),
                false,
                false);
    }
}
