// SPDX-License-Identifier: Apache-2.0
package fang.ctl.plan;

import fang.ctl.configfs.GroupReader;
import fang.ctl.configfs.GroupStore;
import fang.ctl.configfs.Refusals;
import fang.ctl.configfs.StoreException;
import fang.ctl.model.Attribute;
import fang.ctl.model.Change;
import fang.ctl.model.Condition;
import fang.ctl.model.ExemptionState;
import fang.ctl.model.Failure;
import fang.ctl.model.Failure.Kind;
import fang.ctl.model.Group;
import fang.ctl.model.GroupName;
import fang.ctl.model.ItemName;
import fang.ctl.model.Position;
import fang.ctl.model.Problem;
import fang.ctl.model.Rule;
import fang.ctl.model.RuleSet;
import fang.ctl.model.RuleSpec;
import fang.ctl.model.RuleState;
import fang.ctl.model.Scope;
import fang.ctl.model.ScopeState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * Carries a plan out as a whole: groups to be disabled first, then what they are made of, then they are enabled, old
 * scopes go last. If a step fails, everything is put back and compared with what was.
 */
public final class Applier {
    private final GroupStore store;
    private final Refusals refusals;
    private final Runnable checkpoint;
    private final AllScopes all;
    private Progress progress = Progress.NONE;
    private Journal journal;
    private String at;

    public Applier(GroupStore store) {
        this(store, () -> {}, null);
    }

    /**
     * An applier that may be stopped.
     *
     * @param checkpoint called before each step; a {@link CancellationException} from it rolls back
     * @param all brings groups that cover all in step with the mount table; null leaves them as they are
     */
    public Applier(GroupStore store, Runnable checkpoint, AllScopes all) {
        this.store = store;
        this.checkpoint = checkpoint;
        this.all = all;
        this.refusals = new Refusals(store);
    }

    /** From now on somebody hears how far it is. */
    public Applier tell(Progress listener) {
        progress = listener;
        return this;
    }

    /**
     * Carries the plan out.
     *
     * @param labels whose group each is; groups without an entry keep their label
     * @param positions places in the profile, for what the kernel refuses; may be empty
     * @throws Failure REFUSED or PERMISSION if the first step failed; ROLLED_BACK; LEFT_OVER
     */
    public void apply(Plan plan, Map<GroupName, String> labels, Map<String, Position> positions, boolean allowGap) {
        if (!allowGap) {
            refuseGaps(plan, positions);
        }
        journal = new Journal(store);
        journal.checkpoint(checkpoint);
        at = null;
        try {
            carryOut(plan, labels);
        } catch (StoreException e) {
            List<Problem> problems = new ArrayList<>();
            Failure explained = refusals.explain(e);
            for (Problem problem : explained.problems()) {
                problems.add(positions.isEmpty() || problem.path() == null ? problem : at(at, positions, problem));
            }
            fail(plan, explained, problems, positions.isEmpty());
        } catch (CancellationException | UncheckedIOException e) {
            Failure interrupted = new Failure(Kind.OTHER, e.getMessage());
            fail(plan, interrupted, new ArrayList<>(interrupted.problems()), false);
        }
    }

    private void carryOut(Plan plan, Map<GroupName, String> labels) {
        for (GroupPlan group : plan.groups()) {
            if (group.disable()) {
                write(group, "enabled", "enabled", "0");
            }
        }
        int all = plan.groups().size();
        int done = 0;
        for (GroupPlan group : plan.groups()) {
            progress.at("applying groups", done++, all);
            if (group.action() == Action.CREATED || group.action() == Action.UPDATED) {
                define(group, labels.get(group.name()));
            }
        }
        for (GroupPlan group : plan.groups()) {
            coverAll(group);
        }
        done = 0;
        for (GroupPlan group : plan.groups()) {
            progress.at("enabling groups", done++, all);
            if (group.enable()) {
                write(group, "enabled", "enabled", "1");
            }
        }
        done = 0;
        for (GroupPlan group : plan.groups()) {
            progress.at("removing what is old of groups", done++, all);
            removeOld(group);
        }
        // Last of all: listeners of a group that went would not come back with it.
        for (GroupPlan group : plan.groups()) {
            if (group.action() == Action.REMOVED) {
                at = "groups." + group.name();
                journal.removeGroup(directory(group), group.before().orElseThrow());
            }
        }
    }

    private void define(GroupPlan group, String label) {
        at = "groups." + group.name();
        if (group.before().isEmpty()) {
            journal.make(directory(group));
        }
        if (label != null) {
            write(group, "label", "label", label);
        }
        for (var write : group.writes().entrySet()) {
            write(group, write.getKey().key(), write.getKey().file(), write.getValue());
        }
        if (group.spec().fastpathMax().isPresent()) {
            write(
                    group,
                    "fastpath.max",
                    "fastpath/max",
                    group.spec().fastpathMax().get().toString());
        }
        defineExemptions(group);
        if (group.rules().isPresent()) {
            replaceRules(group, group.rules().get());
        }
        List<Scope> scopes = group.spec().scopes().orElse(List.of());
        for (Scope scope : group.addScopes()) {
            at = "groups." + group.name() + ".scopes[" + scopes.indexOf(scope) + "]";
            journal.addScope(directory(group), scope);
        }
        for (ScopeState state : group.enableScopes()) {
            at = "groups." + group.name() + ".scopes";
            journal.write(directory(group) + "/scopes/" + state.name() + "/enabled", "1");
        }
    }

    /** Before the group is enabled and old scopes go, so that nothing is uncovered in between. */
    private void coverAll(GroupPlan group) {
        if (all == null || group.action() == Action.REMOVED || !group.coversAll()) {
            return;
        }
        at = "groups." + group.name() + ".scopes";
        try {
            all.pass(group.name(), journal);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void defineExemptions(GroupPlan group) {
        String exemptions = directory(group) + "/exemptions/";
        List<Condition> wanted = group.spec().exemptions().orElse(List.of());
        for (Condition condition : group.exemptions().add()) {
            at = "groups." + group.name() + ".exemptions[" + wanted.indexOf(condition) + "]";
            String name = ItemName.of(condition, taken -> store.exists(exemptions + taken));
            journal.addItem(exemptions + name, Items.of(condition));
        }
        for (ExemptionState state : group.exemptions().enable()) {
            at = "groups." + group.name() + ".exemptions";
            journal.write(exemptions + state.name() + "/enabled", "1");
        }
    }

    /** Makes all of them beside the old ones, which hold until the one write at the end. */
    private void replaceRules(GroupPlan group, List<RuleSpec> wanted) {
        String rules = directory(group) + "/rules/";
        RuleSet before = group.before().isPresent() ? group.before().get().rules() : RuleSet.NONE;
        long set = before.unusedSet();
        for (int i = 0; i < wanted.size(); i++) {
            at = "groups." + group.name() + ".rules[" + i + "]";
            Rule rule = wanted.get(i).rule();
            String name = ItemName.of(rule, wanted.get(i).reason(), taken -> store.exists(rules + taken));
            journal.addItem(rules + name, Items.of(rule, set, (i + 1) * RuleSet.STEP));
        }
        write(group, "rules", "rules/active_set", Long.toString(set));
    }

    private void removeOld(GroupPlan group) {
        at = "groups." + group.name() + ".scopes";
        for (ScopeState state : group.removeScopes()) {
            journal.removeScope(directory(group), state);
        }
        at = "groups." + group.name() + ".exemptions";
        for (ExemptionState state : group.exemptions().remove()) {
            journal.removeExemption(directory(group), state);
        }
        at = "groups." + group.name() + ".rules";
        for (RuleState state : group.removeRules()) {
            journal.removeRule(directory(group), state);
        }
    }

    private void write(GroupPlan group, String key, String file, String value) {
        at = "groups." + group.name() + "." + key;
        journal.write(directory(group) + "/" + file, value);
    }

    private static String directory(GroupPlan group) {
        return "groups/" + group.name();
    }

    private void fail(Plan plan, Failure cause, List<Problem> problems, boolean sumUp) {
        if (journal.isEmpty()) {
            throw new Failure(cause.kind(), sumUp ? cause.getMessage() : "nothing was changed", problems);
        }
        journal.rollBack(progress);
        List<String> left = leftOver(plan);
        if (left.isEmpty()) {
            throw new Failure(Kind.ROLLED_BACK, "rolled back, all is as it was", problems);
        }
        left.forEach(text -> problems.add(Problem.of(text)));
        throw new Failure(Kind.LEFT_OVER, "rolled back only in part", problems);
    }

    /** The same problem, told of the place in the profile that it comes from. */
    private static Problem at(String path, Map<String, Position> positions, Problem problem) {
        String place = path;
        while (!positions.containsKey(place) && place.contains(".")) {
            place = place.substring(0, place.lastIndexOf('.'));
        }
        return new Problem(positions.get(place), path, problem.errno(), problem.message());
    }

    private List<String> leftOver(Plan plan) {
        List<String> left = new ArrayList<>();
        GroupReader reader = new GroupReader(store);
        for (GroupPlan group : plan.groups()) {
            Optional<Group> now = reader.read(group.name());
            if (group.before().isPresent() != now.isPresent()) {
                left.add(group.name() + " is " + (now.isPresent() ? "still there" : "gone"));
            } else if (now.isPresent()) {
                compare(group.before().get(), now.get(), left);
            }
        }
        return left;
    }

    private static void compare(Group before, Group now, List<String> left) {
        for (Attribute attribute : Attribute.values()) {
            if (!before.get(attribute).equals(now.get(attribute))) {
                left.add(before.name() + ": " + attribute.key() + " is " + attribute.display(now.get(attribute))
                        + ", was " + attribute.display(before.get(attribute)));
            }
        }
        if (!before.state().equals(now.state())) {
            left.add(before.name() + " is " + now.state() + ", was " + before.state());
        }
        if (!new HashSet<>(before.definedScopes()).equals(new HashSet<>(now.definedScopes()))) {
            left.add(before.name() + ": scopes are " + now.definedScopes() + ", were " + before.definedScopes());
        }
        if (!new HashSet<>(before.lastingExemptions()).equals(new HashSet<>(now.lastingExemptions()))) {
            left.add(before.name() + ": exemptions are " + now.lastingExemptions() + ", were "
                    + before.lastingExemptions());
        }
        if (!before.rules().inForce().equals(now.rules().inForce())) {
            left.add(before.name() + ": rules in force are " + now.rules().inForce() + ", were "
                    + before.rules().inForce());
        }
        if (!before.label().equals(now.label())
                || before.fastpath().max() != now.fastpath().max()) {
            left.add(before.name() + ": label or fastpath.max differs");
        }
    }

    private static void refuseGaps(Plan plan, Map<String, Position> positions) {
        List<Problem> problems = new ArrayList<>();
        for (GroupPlan group : plan.groups()) {
            for (Change change : group.changes()) {
                if (change.gap()) {
                    Problem problem = new Problem(
                            null,
                            change.path(),
                            null,
                            change.before() + " -> " + change.after() + " needs " + group.name()
                                    + " disabled for a moment: events are missed, waiting requests settled. Try:"
                                    + " --allow-gap");
                    problems.add(at(change.path(), positions, problem));
                }
            }
        }
        if (!problems.isEmpty()) {
            throw new Failure(Kind.REFUSED, "nothing was changed", problems);
        }
    }
}
