// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.Optional;

/**
 * A scope as it stands in the kernel.
 *
 * @param name its directory
 * @param scope absent while type or path is unset
 * @param resolved what the path led to when it was written; empty if it led nowhere
 * @param active whether it covers anything now: enabled, and what it names still exists
 */
public record ScopeState(String name, Optional<Scope> scope, RawPath resolved, boolean enabled, boolean active) {
    /** Whether it says that the group covers all, see {@link AllScope}. */
    public boolean isAll() {
        return scope.isPresent() && scope.get().isAll();
    }

    /** Whether it stands for one file system of a group that covers all. */
    public boolean isOfAll() {
        return AllScope.device(name).isPresent();
    }
}
