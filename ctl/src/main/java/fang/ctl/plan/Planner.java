// SPDX-License-Identifier: Apache-2.0
package fang.ctl.plan;

import fang.ctl.configfs.Refusals;
import fang.ctl.model.Attribute;
import fang.ctl.model.Change;
import fang.ctl.model.Durations;
import fang.ctl.model.Errno;
import fang.ctl.model.EventKind;
import fang.ctl.model.Failure;
import fang.ctl.model.Group;
import fang.ctl.model.GroupName;
import fang.ctl.model.GroupSpec;
import fang.ctl.model.Problem;
import fang.ctl.model.RuleSpec;
import fang.ctl.model.RuleState;
import fang.ctl.model.Scope;
import fang.ctl.model.ScopeState;
import fang.ctl.model.Scopes;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Compares what is wanted with what is. Pure.
 *
 * <p>Scopes are compared by type and path as written, whatever their directories are called. Label, counters, entries of
 * the fastpath and whether a scope is active now make no difference, nor do the scopes that {@code all} stands for.
 */
public final class Planner {
    private static final long LONG_WAIT_MS = 20_000;

    private Planner() {}

    /**
     * The way from the actual groups to the wanted ones; groups that are not wanted stay as they are.
     *
     * @throws Failure REFUSED if a priority belongs to an enabled group that is not part of this
     */
    public static Plan plan(List<GroupSpec> wanted, List<Group> actual) {
        Map<GroupName, Group> byName = new LinkedHashMap<>();
        actual.forEach(group -> byName.put(group.name(), group));
        List<GroupPlan> plans = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        for (GroupSpec spec : wanted) {
            GroupPlan plan = plan(spec, Optional.ofNullable(byName.get(spec.name())));
            plans.add(plan);
            warn(plan, warnings);
        }
        refuseTakenPriorities(plans, actual);
        return new Plan(plans, warnings);
    }

    private static GroupPlan plan(GroupSpec spec, Optional<Group> before) {
        boolean wasEnabled = before.map(Group::enabled).orElse(false);
        boolean willBeEnabled = spec.enabled().orElse(wasEnabled);
        List<Change> changes = new ArrayList<>();
        Map<Attribute, String> writes = new EnumMap<>(Attribute.class);
        boolean disable = wasEnabled && !willBeEnabled;
        for (var entry : spec.attributes().entrySet()) {
            Attribute attribute = entry.getKey();
            String is = before.map(group -> group.get(attribute)).orElse(attribute.defaultValue());
            if (!is.equals(entry.getValue())) {
                boolean gap = wasEnabled && willBeEnabled && attribute.isFixedWhileEnabled();
                disable |= gap;
                writes.put(attribute, entry.getValue());
                changes.add(change(
                        spec,
                        attribute.key(),
                        is.isEmpty() ? null : attribute.display(is),
                        attribute.display(entry.getValue()),
                        gap));
            }
        }
        List<Scope> add = new ArrayList<>();
        List<ScopeState> enable = new ArrayList<>();
        List<ScopeState> remove = new ArrayList<>();
        spec.scopes().ifPresent(scopes -> compareScopes(scopes, before, add, enable, remove));
        add.forEach(scope -> changes.add(change(spec, "scopes", null, scope.toString(), false)));
        enable.forEach(state -> changes.add(change(spec, "scopes", text(state) + " disabled", text(state), false)));
        boolean hadAll = before.map(Group::scopes).orElse(Scopes.NONE).hasAll();
        remove.stream()
                .filter(state -> !hadAll || !state.isOfAll())
                .forEach(state -> changes.add(change(spec, "scopes", text(state), null, false)));
        GroupPlan.Exemptions exemptions = ItemPlanner.exemptions(spec, before, changes);
        Optional<List<RuleSpec>> rules = ItemPlanner.rules(spec, before, changes);
        List<RuleState> removeRules = ItemPlanner.removeRules(spec, before, rules.isPresent(), changes);
        spec.fastpathMax().ifPresent(max -> {
            long is = before.map(group -> group.fastpath().max()).orElse(GroupSpec.FASTPATH_MAX_DEFAULT);
            if (is != max) {
                changes.add(change(spec, "fastpath.max", Long.toString(is), Long.toString(max), false));
            }
        });
        if (wasEnabled != willBeEnabled && before.isPresent()) {
            changes.add(change(spec, "enabled", Boolean.toString(wasEnabled), Boolean.toString(willBeEnabled), false));
        }
        Action action = before.isEmpty() ? Action.CREATED : changes.isEmpty() ? Action.UNCHANGED : Action.UPDATED;
        return new GroupPlan(
                spec,
                before,
                action,
                changes,
                writes,
                add,
                enable,
                remove,
                exemptions,
                rules,
                removeRules,
                disable,
                willBeEnabled && (!wasEnabled || disable));
    }

    private static void compareScopes(
            List<Scope> wanted,
            Optional<Group> before,
            List<Scope> add,
            List<ScopeState> enable,
            List<ScopeState> remove) {
        Set<Scope> missing = new LinkedHashSet<>(wanted);
        for (ScopeState state : before.map(Group::scopes).orElse(Scopes.NONE).states()) {
            Scope scope = state.scope().orElse(null);
            if (state.isOfAll()) {
                if (!wanted.contains(Scope.ALL)) {
                    remove.add(state);
                }
            } else if (scope == null || !wanted.contains(scope)) {
                remove.add(state);
            } else if (missing.remove(scope) && !state.enabled() && !scope.isAll()) {
                enable.add(state);
            }
        }
        add.addAll(missing);
    }

    private static String text(ScopeState state) {
        return state.scope().map(Scope::toString).orElse("incomplete scope " + state.name());
    }

    private static Change change(GroupSpec spec, String key, String before, String after, boolean gap) {
        return new Change("groups." + spec.name() + "." + key, key, before, after, gap);
    }

    private static void warn(GroupPlan plan, List<String> warnings) {
        if (!plan.enabledAfter() || plan.action() == Action.UNCHANGED) {
            return;
        }
        if (plan.scopesAfter().isEmpty()) {
            warnings.add(plan.name() + ": no scope, so it hears nothing. Next: fangctl scope add " + plan.name()
                    + " subtree=DIR");
        }
        boolean asks = !EventKind.accessWords(plan.after(Attribute.MASK)).isEmpty();
        if (!asks && plan.rules().filter(rules -> !rules.isEmpty()).isPresent()) {
            warnings.add(plan.name() + ": rules decide nothing: the mask has neither open_access nor read_access");
        }
        longWait(plan.name(), plan::after).ifPresent(warnings::add);
    }

    /**
     * What to tell an admin whose group may hold up one access for longer than people wait.
     *
     * @param attributes the group's canonical values
     */
    public static Optional<String> longWait(GroupName name, Function<Attribute, String> attributes) {
        long wait = Long.parseLong(attributes.apply(Attribute.TIMEOUT))
                * (1 + Long.parseLong(attributes.apply(Attribute.MAX_EXTENSIONS)));
        if (wait <= LONG_WAIT_MS
                || EventKind.accessWords(attributes.apply(Attribute.MASK)).isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(name + ": one access may be held up for " + Durations.format(wait) + " (timeout "
                + Attribute.TIMEOUT.display(attributes.apply(Attribute.TIMEOUT)) + ", max_extensions "
                + attributes.apply(Attribute.MAX_EXTENSIONS) + ")");
    }

    private static void refuseTakenPriorities(List<GroupPlan> plans, List<Group> actual) {
        Set<GroupName> planned = new HashSet<>();
        plans.forEach(plan -> planned.add(plan.name()));
        List<Group> others = actual.stream()
                .filter(group -> group.enabled() && !planned.contains(group.name()))
                .toList();
        for (GroupPlan plan : plans) {
            String priority = plan.after(Attribute.PRIORITY);
            boolean taken = others.stream()
                    .anyMatch(other -> other.get(Attribute.PRIORITY).equals(priority));
            if (plan.enable() && !priority.isEmpty() && taken) {
                Problem problem = new Problem(
                        null,
                        "groups." + plan.name() + ".priority",
                        Errno.EEXIST,
                        Refusals.taken(actual, plan.name(), priority));
                throw new Failure(Failure.Kind.REFUSED, problem);
            }
        }
    }
}
