// SPDX-License-Identifier: Apache-2.0
package fang.ctl.plan;

import fang.ctl.configfs.GroupReader;
import fang.ctl.configfs.GroupStore;
import fang.ctl.configfs.StoreException;
import fang.ctl.model.GroupName;
import fang.ctl.model.Scope;
import fang.ctl.model.ScopeState;
import fang.ctl.model.Scopes;

/** Adds and removes single scopes. */
public final class ScopeEditor {
    private final GroupStore store;

    public ScopeEditor(GroupStore store) {
        this.store = store;
    }

    /**
     * Makes the scope and enables it, or leaves nothing behind.
     *
     * @return false if it was there already
     * @throws StoreException what the kernel refused
     */
    public boolean add(GroupName group, Scope scope) {
        Journal journal = new Journal(store);
        try {
            for (ScopeState state : new GroupReader(store).scopes(group).named()) {
                if (state.scope().filter(scope::equals).isPresent()) {
                    if (scope.isAll()) {
                        return false;
                    }
                    journal.write("groups/" + group + "/scopes/" + state.name() + "/enabled", "1");
                    return !state.enabled();
                }
            }
            journal.addScope("groups/" + group, scope);
            return true;
        } catch (StoreException e) {
            journal.rollBack();
            throw e;
        }
    }

    /** Disables the scope and removes it; with {@code all} go those that it stands for. */
    public void remove(GroupName group, ScopeState state) {
        Journal journal = new Journal(store);
        try {
            Scopes scopes = state.isAll() ? new GroupReader(store).scopes(group) : Scopes.NONE;
            journal.removeScope("groups/" + group, state);
            scopes.ofAll().forEach(other -> journal.removeScope("groups/" + group, other));
        } catch (StoreException e) {
            journal.rollBack();
            throw e;
        }
    }
}
