// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

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

    /** The rules of the active set, those that are not enabled too, in the order in which they are tried. */
    public List<RuleState> ofActiveSet() {
        return all.stream()
                .filter(state -> state.set() == active)
                .sorted(Comparator.comparingLong(RuleState::order).thenComparing(RuleState::name))
                .toList();
    }

    /** What decides, in the order in which it is tried. */
    public List<Rule> inForce() {
        return ofActiveSet().stream()
                .filter(RuleState::enabled)
                .flatMap(state -> state.rule().stream())
                .toList();
    }

    /** Those of other sets. */
    public List<RuleState> ofOtherSets() {
        return all.stream().filter(state -> state.set() != active).toList();
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
        return all.stream().anyMatch(state -> state.set() == set);
    }

    /** The order that a rule needs to be tried last. */
    public long nextOrder() {
        long last = ofActiveSet().stream().mapToLong(RuleState::order).max().orElse(0);
        return Math.min(NUMBERS - 1, last + STEP);
    }
}
