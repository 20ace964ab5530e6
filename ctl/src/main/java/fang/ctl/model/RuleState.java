// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.Optional;

/**
 * A rule as it stands in the kernel.
 *
 * @param name its directory
 * @param rule absent while respond is unset
 * @param hits how often it was the first to match
 * @param active whether it is enabled and what it names still exists
 */
public record RuleState(
        String name, Optional<Rule> rule, long set, long order, long hits, boolean enabled, boolean active) {
    /** As people read it. */
    public String text() {
        return rule.isPresent() ? rule.get().toString() : "incomplete (" + name + ")";
    }
}
