// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * All rules of a group.
 *
 * @param active the number of the set in force
 */
public record RuleSet(long active, List<RuleState> all) {
    private static final long NUMBERS = 1L << 32;

    /** Orders are this far apart, so that others fit between. */
    public static final long STEP = 10;

    public static final RuleSet NONE = new RuleSet(0, List.of());

    /** A class, because no archive holds the lambdas of {@code Comparator.comparing}. */
    private static final Comparator<RuleState> BY_ORDER = new Comparator<>() {
        @Override
        public int compare(RuleState a, RuleState b) {
            return a.order() != b.order()
                    ? Long.compare(a.order(), b.order())
                    : a.name().compareTo(b.name());
        }
    };

    /** The rules of the active set, those that are not enabled too, in the order in which they are tried. */
    public List<RuleState> ofActiveSet() {
        List<RuleState> rules = new ArrayList<>();
        for (RuleState state : all) {
            if (state.set() == active) {
                rules.add(state);
            }
        }
        rules.sort(BY_ORDER);
        return rules;
    }

    /** What decides, in the order in which it is tried. */
    public List<Rule> inForce() {
        List<Rule> rules = new ArrayList<>();
        for (RuleState state : ofActiveSet()) {
            if (state.enabled() && state.rule().isPresent()) {
                rules.add(state.rule().get());
            }
        }
        return rules;
    }

    /** Those of other sets. */
    public List<RuleState> ofOtherSets() {
        List<RuleState> rules = new ArrayList<>();
        for (RuleState state : all) {
            if (state.set() != active) {
                rules.add(state);
            }
        }
        return rules;
    }

    /** A set without rules that is not the active one. */
    public long unusedSet() {
        long set = active;
        do {
            set = (set + 1) % NUMBERS;
        } while (isUsed(set));
        return set;
    }

    private boolean isUsed(long set) {
        for (RuleState state : all) {
            if (state.set() == set) {
                return true;
            }
        }
        return false;
    }

    /** The order that a rule needs to be tried last. */
    public long nextOrder() {
        long last = ofActiveSet().stream().mapToLong(RuleState::order).max().orElse(0);
        return Math.min(NUMBERS - 1, last + STEP);
    }
}
