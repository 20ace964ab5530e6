// SPDX-License-Identifier: Apache-2.0
package fang.ctl.plan;

import fang.ctl.model.Attribute;
import fang.ctl.model.Change;
import fang.ctl.model.Condition;
import fang.ctl.model.ExemptionState;
import fang.ctl.model.Group;
import fang.ctl.model.GroupName;
import fang.ctl.model.GroupSpec;
import fang.ctl.model.RuleSpec;
import fang.ctl.model.RuleState;
import fang.ctl.model.Scope;
import fang.ctl.model.ScopeState;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How one group gets from what it is to what it shall be.
 *
 * @param before absent if there is no such group yet
 * @param changes for people, in the order of the profile
 * @param writes attributes that differ, canonical
 * @param addScopes to be made and enabled
 * @param enableScopes there, but not enabled
 * @param removeScopes to go, after the new ones are in force
 * @param exemptions what becomes of its exemptions
 * @param rules the new list of rules; absent if it stays as it is
 * @param removeRules to go, after the new list is in force
 * @param disable whether it must be disabled first: because that is wanted, or because an attribute is fixed meanwhile
 * @param enable whether it is to be enabled at the end
 * @param staged whether it would be, and is left disabled for whoever enables all that is staged
 */
public record GroupPlan(
        GroupSpec spec,
        Optional<Group> before,
        Action action,
        List<Change> changes,
        Map<Attribute, String> writes,
        List<Scope> addScopes,
        List<ScopeState> enableScopes,
        List<ScopeState> removeScopes,
        Exemptions exemptions,
        Optional<List<RuleSpec>> rules,
        List<RuleState> removeRules,
        boolean disable,
        boolean enable,
        boolean staged) {

    /** As for scopes. */
    public record Exemptions(List<Condition> add, List<ExemptionState> enable, List<ExemptionState> remove) {}

    /** The same with these changes, of which there is one at least. */
    GroupPlan changed(List<Change> all) {
        return new GroupPlan(
                spec,
                before,
                action == Action.UNCHANGED ? Action.UPDATED : action,
                all,
                writes,
                addScopes,
                enableScopes,
                removeScopes,
                exemptions,
                rules,
                removeRules,
                disable,
                enable,
                staged);
    }

    public GroupName name() {
        return spec.name();
    }

    /** Whether events are missed on the way. */
    public boolean hasGap() {
        for (Change change : changes) {
            if (change.gap()) {
                return true;
            }
        }
        return false;
    }

    /** The value that the attribute will have; empty if unset. */
    public String after(Attribute attribute) {
        String wanted = spec.attributes().get(attribute);
        if (wanted != null) {
            return wanted;
        }
        return before.isPresent() ? before.get().get(attribute) : attribute.defaultValue();
    }

    /** Whether it will be enabled. */
    public boolean enabledAfter() {
        return !staged
                && spec.enabled().orElse(before.isPresent() && before.get().enabled());
    }

    /** Whether it will cover every file system that is mounted. */
    public boolean coversAll() {
        return scopesAfter().contains(Scope.ALL);
    }

    /** The scopes that it will have. */
    public List<Scope> scopesAfter() {
        if (spec.scopes().isPresent()) {
            return spec.scopes().get();
        }
        return before.isPresent() ? before.get().definedScopes() : List.of();
    }
}
