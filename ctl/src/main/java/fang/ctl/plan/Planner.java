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
        return plan(wanted, actual, false);
    }

    /**
     * The same, but for enabling.
     *
     * @param stage leave groups disabled that are not enabled yet
     */
    static Plan plan(List<GroupSpec> wanted, List<Group> actual, boolean stage) {
        Map<GroupName, Group> byName = new LinkedHashMap<>();
        for (Group group : actual) {
            byName.put(group.name(), group);
        }
        List<GroupPlan> plans = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        for (GroupSpec spec : wanted) {
            GroupPlan plan = plan(spec, Optional.ofNullable(byName.get(spec.name())), stage);
            plans.add(plan);
            warn(plan, warnings);
        }
        refuseTakenPriorities(plans, actual);
        return new Plan(plans, warnings);
    }

    private static GroupPlan plan(GroupSpec spec, Optional<Group> before, boolean stage) {
        Group old = before.orElse(null);
        boolean wasEnabled = old != null && old.enabled();
        boolean staged = stage && !wasEnabled && spec.wantsEnabled();
        boolean willBeEnabled = !staged && spec.enabled().orElse(wasEnabled);
        List<Change> changes = new ArrayList<>();
        Map<Attribute, String> writes = new EnumMap<>(Attribute.class);
        boolean disable = wasEnabled && !willBeEnabled;
        for (var entry : spec.attributes().entrySet()) {
            Attribute attribute = entry.getKey();
            String is = old == null ? attribute.defaultValue() : old.get(attribute);
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
        Scopes scopes = old == null ? Scopes.NONE : old.scopes();
        if (spec.scopes().isPresent()) {
            compareScopes(spec.scopes().get(), scopes, add, enable, remove);
        }
        for (Scope scope : add) {
            changes.add(change(spec, "scopes", null, scope.toString(), false));
        }
        for (ScopeState state : enable) {
            changes.add(change(spec, "scopes", text(state) + " disabled", text(state), false));
        }
        boolean hadAll = scopes.hasAll();
        for (ScopeState state : remove) {
            if (!hadAll || !state.isOfAll()) {
                changes.add(change(spec, "scopes", text(state), null, false));
            }
        }
        GroupPlan.Exemptions exemptions = ItemPlanner.exemptions(spec, before, changes);
        Optional<List<RuleSpec>> rules = ItemPlanner.rules(spec, before, changes);
        List<RuleState> removeRules = ItemPlanner.removeRules(spec, before, rules.isPresent(), changes);
        if (spec.fastpathMax().isPresent()) {
            long max = spec.fastpathMax().get();
            long is = old == null
                    ? GroupSpec.FASTPATH_MAX_DEFAULT
                    : old.fastpath().max();
            if (is != max) {
                changes.add(change(spec, "fastpath.max", Long.toString(is), Long.toString(max), false));
            }
        }
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
                willBeEnabled && (!wasEnabled || disable),
                staged);
    }

    private static void compareScopes(
            List<Scope> wanted, Scopes before, List<Scope> add, List<ScopeState> enable, List<ScopeState> remove) {
        Set<Scope> missing = new LinkedHashSet<>(wanted);
        for (ScopeState state : before.states()) {
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
        return state.scope().isPresent() ? state.scope().get().toString() : "incomplete scope " + state.name();
    }

    private static Change change(GroupSpec spec, String key, String before, String after, boolean gap) {
        return new Change("groups." + spec.name() + "." + key, key, before, after, gap);
    }

    private static void warn(GroupPlan plan, List<String> warnings) {
        if (!plan.enabledAfter() && !plan.staged() || plan.action() == Action.UNCHANGED) {
            return;
        }
        if (plan.scopesAfter().isEmpty()) {
            warnings.add(plan.name() + ": no scope, so it hears nothing. Next: fangctl scope add " + plan.name()
                    + " subtree=DIR");
        }
        boolean asks = !EventKind.accessWords(plan.after(Attribute.MASK)).isEmpty();
        if (!asks && plan.rules().isPresent() && !plan.rules().get().isEmpty()) {
            warnings.add(plan.name() + ": rules decide nothing: the mask has neither open_access nor read_access");
        }
        Optional<String> longWait = longWait(
                plan.name(),
                plan.after(Attribute.MASK),
                plan.after(Attribute.TIMEOUT),
                plan.after(Attribute.MAX_EXTENSIONS));
        if (longWait.isPresent()) {
            warnings.add(longWait.get());
        }
    }

    /**
     * What to tell an admin whose group may hold up one access for longer than people wait.
     *
     * @param mask canonical, as the others
     */
    public static Optional<String> longWait(GroupName name, String mask, String timeout, String maxExtensions) {
        long wait = Long.parseLong(timeout) * (1 + Long.parseLong(maxExtensions));
        if (wait <= LONG_WAIT_MS || EventKind.accessWords(mask).isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(name + ": one access may be held up for " + Durations.format(wait) + " (timeout "
                + Attribute.TIMEOUT.display(timeout) + ", max_extensions " + maxExtensions + ")");
    }

    private static void refuseTakenPriorities(List<GroupPlan> plans, List<Group> actual) {
        Set<GroupName> planned = new HashSet<>();
        for (GroupPlan plan : plans) {
            planned.add(plan.name());
        }
        Set<String> taken = new HashSet<>();
        for (Group group : actual) {
            if (group.enabled() && !planned.contains(group.name())) {
                taken.add(group.get(Attribute.PRIORITY));
            }
        }
        for (GroupPlan plan : plans) {
            String priority = plan.after(Attribute.PRIORITY);
            if ((plan.enable() || plan.staged()) && !priority.isEmpty() && taken.contains(priority)) {
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
