// SPDX-License-Identifier: Apache-2.0
package fang.ctl.plan;

import fang.ctl.model.Change;
import fang.ctl.model.Condition;
import fang.ctl.model.ExemptionState;
import fang.ctl.model.Group;
import fang.ctl.model.GroupSpec;
import fang.ctl.model.Rule;
import fang.ctl.model.RuleSet;
import fang.ctl.model.RuleSpec;
import fang.ctl.model.RuleState;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The part of {@link Planner} about exemptions and rules.
 *
 * <p>Exemptions are compared by type and value as written; those of processes are nobody's but their maker's. Rules are
 * compared as the ordered list that is in force: numbers of sets and orders, and names, make no difference. What is not in
 * force goes.
 */
final class ItemPlanner {
    private ItemPlanner() {}

    static GroupPlan.Exemptions exemptions(GroupSpec spec, Optional<Group> before, List<Change> changes) {
        List<ExemptionState> enable = new ArrayList<>();
        List<ExemptionState> remove = new ArrayList<>();
        if (spec.exemptions().isEmpty()) {
            return new GroupPlan.Exemptions(List.of(), enable, remove);
        }
        List<Condition> wanted = spec.exemptions().get();
        Set<Condition> missing = new LinkedHashSet<>(wanted);
        for (ExemptionState state : before.map(Group::exemptions).orElse(List.of())) {
            Condition condition = state.condition().orElse(null);
            if (state.isOfProcess()) {
                continue;
            }
            if (condition == null || !wanted.contains(condition)) {
                remove.add(state);
            } else if (missing.remove(condition) && !state.enabled()) {
                enable.add(state);
            }
        }
        missing.forEach(condition -> changes.add(change(spec, "exemptions", null, condition.toString())));
        enable.forEach(state -> changes.add(change(spec, "exemptions", state.text() + " disabled", state.text())));
        remove.forEach(state -> changes.add(change(spec, "exemptions", state.text(), null)));
        return new GroupPlan.Exemptions(List.copyOf(missing), enable, remove);
    }

    /** The list that must be made; absent if what is in force is what is wanted. */
    static Optional<List<RuleSpec>> rules(GroupSpec spec, Optional<Group> before, List<Change> changes) {
        List<Rule> is = before.map(group -> group.rules().inForce()).orElse(List.of());
        List<Rule> wanted =
                spec.rules().orElse(List.of()).stream().map(RuleSpec::rule).toList();
        if (spec.rules().isEmpty() || is.equals(wanted)) {
            return Optional.empty();
        }
        List<Rule> added = without(wanted, is);
        List<Rule> removed = without(is, wanted);
        added.forEach(rule -> changes.add(change(spec, "rules", null, rule.toString())));
        removed.forEach(rule -> changes.add(change(spec, "rules", rule.toString(), null)));
        if (added.isEmpty() && removed.isEmpty()) {
            changes.add(change(spec, "order of rules", text(is), text(wanted)));
        }
        return spec.rules();
    }

    /** What is not in force, as a change that was cut off leaves it, and the old list if there is a new one. */
    static List<RuleState> removeRules(GroupSpec spec, Optional<Group> before, boolean replaced, List<Change> changes) {
        if (spec.rules().isEmpty() || before.isEmpty()) {
            return List.of();
        }
        RuleSet rules = before.get().rules();
        List<RuleState> unused = new ArrayList<>(rules.ofOtherSets());
        rules.ofActiveSet().stream().filter(state -> !state.enabled()).forEach(unused::add);
        unused.forEach(state -> changes.add(change(spec, "rules", state.text() + " (not in force)", null)));
        return replaced ? rules.all() : unused;
    }

    private static String text(List<Rule> rules) {
        return rules.stream().map(Rule::toString).reduce((a, b) -> a + ", " + b).orElse("none");
    }

    /** What is left of the list if each item of the other is taken away once. */
    private static List<Rule> without(List<Rule> list, List<Rule> other) {
        List<Rule> left = new ArrayList<>(list);
        other.forEach(left::remove);
        return left;
    }

    private static Change change(GroupSpec spec, String key, String before, String after) {
        String path = "groups." + spec.name() + "." + (key.endsWith("rules") ? "rules" : key);
        return new Change(path, key, before, after, false);
    }
}
