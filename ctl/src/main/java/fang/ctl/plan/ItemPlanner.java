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
        List<ExemptionState> is = before.isPresent() ? before.get().exemptions() : List.of();
        for (ExemptionState state : is) {
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
        for (Condition condition : missing) {
            changes.add(change(spec, "exemptions", null, condition.toString()));
        }
        for (ExemptionState state : enable) {
            changes.add(change(spec, "exemptions", state.text() + " disabled", state.text()));
        }
        for (ExemptionState state : remove) {
            changes.add(change(spec, "exemptions", state.text(), null));
        }
        return new GroupPlan.Exemptions(List.copyOf(missing), enable, remove);
    }

    /** The list that must be made; absent if what is in force is what is wanted. */
    static Optional<List<RuleSpec>> rules(GroupSpec spec, Optional<Group> before, List<Change> changes) {
        List<Rule> is = before.isPresent() ? before.get().rules().inForce() : List.of();
        List<Rule> wanted = new ArrayList<>();
        for (RuleSpec rule : spec.rules().orElse(List.of())) {
            wanted.add(rule.rule());
        }
        if (spec.rules().isEmpty() || is.equals(wanted)) {
            return Optional.empty();
        }
        List<Rule> added = without(wanted, is);
        List<Rule> removed = without(is, wanted);
        for (Rule rule : added) {
            changes.add(change(spec, "rules", null, rule.toString()));
        }
        for (Rule rule : removed) {
            changes.add(change(spec, "rules", rule.toString(), null));
        }
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
        for (RuleState state : rules.ofActiveSet()) {
            if (!state.enabled()) {
                unused.add(state);
            }
        }
        for (RuleState state : unused) {
            changes.add(change(spec, "rules", state.text() + " (not in force)", null));
        }
        return replaced ? rules.all() : unused;
    }

    private static String text(List<Rule> rules) {
        return rules.stream().map(Rule::toString).reduce((a, b) -> a + ", " + b).orElse("none");
    }

    /** What is left of the list if each item of the other is taken away once. */
    private static List<Rule> without(List<Rule> list, List<Rule> other) {
        List<Rule> left = new ArrayList<>(list);
        for (Rule rule : other) {
            left.remove(rule);
        }
        return left;
    }

    private static Change change(GroupSpec spec, String key, String before, String after) {
        String path = "groups." + spec.name() + "." + (key.endsWith("rules") ? "rules" : key);
        return new Change(path, key, before, after, false);
    }
}
