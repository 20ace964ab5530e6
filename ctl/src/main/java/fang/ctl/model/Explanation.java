// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.List;
import java.util.Optional;

/**
 * What a group's profile makes of one access, and why.
 *
 * @param asked whether anybody is asked at all
 * @param why if nobody is: no scope covers the path, it is exempt, and so on; else empty
 * @param steps all rules in order, up to the one that decides for certain
 * @param decision the rule that decides, unless one that may match stands before it; empty: none does
 * @param response {@code allow}, {@code deny}, {@code scan}, {@code ask} for a listener; empty if nobody is asked
 */
public record Explanation(
        GroupName group, boolean asked, String why, List<Step> steps, Optional<ProfileRule> decision, String response) {
    /** Whether something holds. */
    public enum Truth {
        YES,
        NO,
        /** not without what was not told */
        UNKNOWN
    }

    /**
     * One rule.
     *
     * @param kernel who holds it, the kernel or serve
     * @param why the condition that does not hold, or may not; empty if all hold
     */
    public record Step(ProfileRule rule, boolean kernel, Truth matches, String why) {}

    /** The rules that might decide before the decision. */
    public List<Step> doubts() {
        return steps.stream().filter(step -> step.matches() == Truth.UNKNOWN).toList();
    }

    /** Whether the deciding rule is the kernel's. */
    public boolean inKernel() {
        return !steps.isEmpty() && steps.get(steps.size() - 1).kernel() && decision.isPresent();
    }
}
