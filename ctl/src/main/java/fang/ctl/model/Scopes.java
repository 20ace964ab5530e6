// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.List;

/** The scopes of a group as they stand in the kernel, and as people and profiles name them. */
public record Scopes(List<ScopeState> states) {
    public static final Scopes NONE = new Scopes(List.of());

    public Scopes {
        states = List.copyOf(states);
    }

    /** Whether the group covers all. */
    public boolean hasAll() {
        return states.stream().anyMatch(ScopeState::isAll);
    }

    /** Those that somebody named, {@code all} among them, and not what it stands for. */
    public List<ScopeState> named() {
        return states.stream().filter(state -> !state.isOfAll()).toList();
    }

    /** Those that {@code all} stands for, or stood for if the group no longer covers all. */
    public List<ScopeState> ofAll() {
        return states.stream().filter(ScopeState::isOfAll).toList();
    }
}
