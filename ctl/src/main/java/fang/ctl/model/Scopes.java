// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.ArrayList;
import java.util.List;

/** The scopes of a group as they stand in the kernel, and as people and profiles name them. */
public record Scopes(List<ScopeState> states) {
    public static final Scopes NONE = new Scopes(List.of());

    public Scopes {
        states = List.copyOf(states);
    }

    /** Whether the group covers all. */
    public boolean hasAll() {
        for (ScopeState state : states) {
            if (state.isAll()) {
                return true;
            }
        }
        return false;
    }

    /** Those that somebody named, {@code all} among them, and not what it stands for. */
    public List<ScopeState> named() {
        return chosen(false);
    }

    /** Those that {@code all} stands for, or stood for if the group no longer covers all. */
    public List<ScopeState> ofAll() {
        return chosen(true);
    }

    private List<ScopeState> chosen(boolean ofAll) {
        List<ScopeState> chosen = new ArrayList<>();
        for (ScopeState state : states) {
            if (state.isOfAll() == ofAll) {
                chosen.add(state);
            }
        }
        return chosen;
    }
}
