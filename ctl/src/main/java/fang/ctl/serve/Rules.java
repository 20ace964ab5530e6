// SPDX-License-Identifier: Apache-2.0
package fang.ctl.serve;

import fang.ctl.model.Condition;
import fang.ctl.model.Explanation.Truth;
import fang.ctl.model.GroupSpec;
import fang.ctl.model.ProfileRule;
import fang.ctl.model.ServeSpec;
import fang.ctl.model.Subject;
import java.util.ArrayList;
import java.util.List;

/** A group's rules, compiled once; {@link #decide} may be called by any thread. */
public final class Rules {
    /** What becomes of a request. */
    public enum Action {
        ALLOW,
        DENY,
        SCAN,
        /** owner or size of the file decides: ask again, from this rule on */
        LOOK
    }

    /**
     * What was decided.
     *
     * @param at the rule's place in {@link #decide}'s count; of LOOK where to go on
     * @param rule null if none matches
     */
    public record Decision(Action action, int at, ProfileRule rule) {
        /** As logs name it: {@code rules[3]}. */
        public String name() {
            return rule == null ? "no rule" : "rules[" + rule.index() + "]";
        }
    }

    /** One rule. */
    record Compiled(ProfileRule rule, boolean kernel, List<Check> checks) {
        /** The first condition that does not hold; else the first that may not; null if all hold. */
        Check against(Subject subject) {
            Check doubt = null;
            for (Check check : checks) {
                Truth truth = check.of(subject);
                if (truth == Truth.NO) {
                    return check;
                }
                if (truth == Truth.UNKNOWN && doubt == null) {
                    doubt = check;
                }
            }
            return doubt;
        }

        /** Whether it depends on who accesses the file. */
        boolean isOfSome() {
            return checks.stream().anyMatch(check -> !check.isOfFile());
        }

        boolean mayBeAbout(Subject subject) {
            return checks.stream().noneMatch(check -> check.isOfFile() && check.of(subject) == Truth.NO);
        }
    }

    private final List<Compiled> all = new ArrayList<>();
    private final Compiled[] decidable;
    private final Action otherwise;

    private Rules(ServeSpec spec, Places places) {
        List<Compiled> deciding = new ArrayList<>();
        List<ProfileRule> here = spec.decidable();
        for (ProfileRule rule : spec.all()) {
            Compiled compiled = new Compiled(rule, rule.index() < kernelEnd(spec), Check.of(rule, places));
            all.add(compiled);
            if (here.contains(rule)) {
                deciding.add(compiled);
            }
        }
        decidable = deciding.toArray(new Compiled[0]);
        otherwise = spec.scanner().isPresent() ? Action.SCAN : Action.ALLOW;
    }

    private static int kernelEnd(ServeSpec spec) {
        int kernel = spec.kernelRules();
        return kernel == spec.all().size()
                ? Integer.MAX_VALUE
                : spec.all().get(kernel).index();
    }

    /** Of a profile, for this machine: symbolic links in the paths of conditions are followed now. */
    public static Rules of(GroupSpec group) {
        return new Rules(group.serve(), places(group));
    }

    static Places places(GroupSpec group) {
        return new Places(group.scopes().orElse(List.of()));
    }

    List<Compiled> all() {
        return all;
    }

    /** What holds where no rule matches. */
    Action otherwise() {
        return otherwise;
    }

    /** What serve decides about a request that the kernel left open. */
    public Decision decide(Subject subject, int from) {
        for (int i = from; i < decidable.length; i++) {
            Compiled compiled = decidable[i];
            Check against = compiled.against(subject);
            if (against == null) {
                return new Decision(action(compiled.rule()), i, compiled.rule());
            }
            if (against.needsFile() && against.of(subject) == Truth.UNKNOWN) {
                return new Decision(Action.LOOK, i, compiled.rule());
            }
        }
        return new Decision(otherwise, decidable.length, null);
    }

    /**
     * What is remembered is so for everybody: whether serve may deny this file to somebody else, or have scanned for them
     * what is allowed here without a scan.
     */
    boolean mayDenyOthers(Subject subject, Decision decision) {
        boolean fromHere = decision.rule() != null && decidable[decision.at()].isOfSome();
        if (fromHere && isStricter(otherwise, decision)) {
            return true;
        }
        for (int i = 0; i < decidable.length; i++) {
            Compiled other = decidable[i];
            if (isStricter(action(other.rule()), decision)
                    && (i < decision.at() ? other.isOfSome() : i > decision.at() && fromHere)
                    && other.mayBeAbout(subject)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isStricter(Action action, Decision decision) {
        return action == Action.DENY || (action == Action.SCAN && decision.action() == Action.ALLOW);
    }

    /** What a rule that matches makes of it. */
    Action action(ProfileRule rule) {
        if (rule.scan()) {
            return Action.SCAN;
        }
        return switch (rule.rule().respond()) {
            case "allow" -> Action.ALLOW;
            case "deny" -> Action.DENY;
            default -> otherwise;
        };
    }

    static List<Check> exemptions(GroupSpec group) {
        List<Check> checks = new ArrayList<>();
        for (Condition condition : group.exemptions().orElse(List.of())) {
            checks.add(Check.of(condition, places(group)));
        }
        return checks;
    }
}
