// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.Optional;

/**
 * An exemption as it stands in the kernel.
 *
 * @param name its directory
 * @param condition who or what is exempt; absent while type or value is unset
 * @param hits how often it held
 * @param active whether it is enabled and what it names still exists
 */
public record ExemptionState(String name, Optional<Condition> condition, long hits, boolean enabled, boolean active) {
    /** Whether it is about a process: made by hand or by a program, no part of profiles. */
    public boolean isOfProcess() {
        return condition.isPresent() && condition.get().type() == ConditionType.TGID;
    }

    /** As people read it. */
    public String text() {
        return condition.isPresent() ? condition.get().toString() : "incomplete (" + name + ")";
    }
}
