// SPDX-License-Identifier: Apache-2.0
package fang.ctl.plan;

import fang.ctl.configfs.GroupStore;
import fang.ctl.configfs.RuleReader;
import fang.ctl.configfs.StoreException;
import fang.ctl.model.Condition;
import fang.ctl.model.ExemptionState;
import fang.ctl.model.GroupName;
import fang.ctl.model.ItemName;
import fang.ctl.model.Rule;
import fang.ctl.model.RuleSet;
import fang.ctl.model.RuleState;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Adds and removes single rules and exemptions: each is done, or leaves nothing behind. */
public final class ItemEditor {
    private final GroupStore store;

    public ItemEditor(GroupStore store) {
        this.store = store;
    }

    /**
     * Adds a rule to the active set and enables it.
     *
     * @param name null makes one
     * @param order null puts it last; a rule that is there already stays where it is
     * @return its name
     */
    public String addRule(GroupName group, Rule rule, String name, Long order) {
        RuleSet rules = new RuleReader(store).rules(group);
        for (RuleState state : rules.ofActiveSet()) {
            boolean there = state.rule().filter(rule::equals).isPresent() && (order == null || order == state.order());
            if (there && (name == null || name.equals(state.name()))) {
                change(journal -> journal.write(rules(group) + "/" + state.name() + "/enabled", "1"));
                return state.name();
            }
        }
        String chosen = name != null ? name : ItemName.of(rule, "", taken(rules(group)));
        Map<String, byte[]> files = Items.of(rule, rules.active(), order != null ? order : rules.nextOrder());
        change(journal -> journal.addItem(rules(group) + "/" + chosen, files));
        return chosen;
    }

    public void removeRule(GroupName group, RuleState state) {
        change(journal -> journal.removeRule("groups/" + group, state));
    }

    /**
     * Adds an exemption and enables it.
     *
     * @param name null makes one
     * @return its name
     */
    public String addExemption(GroupName group, Condition condition, String name) {
        String directory = "groups/" + group + "/exemptions";
        for (ExemptionState state : new RuleReader(store).exemptions(group)) {
            boolean there = state.condition().filter(condition::equals).isPresent();
            // An inactive one of a process is about an earlier process of that number.
            boolean alive = state.active() || !state.enabled() || !state.isOfProcess();
            if (there && alive && (name == null || name.equals(state.name()))) {
                change(journal -> journal.write(directory + "/" + state.name() + "/enabled", "1"));
                return state.name();
            }
        }
        String chosen = name != null ? name : ItemName.of(condition, taken(directory));
        change(journal -> journal.addItem(directory + "/" + chosen, Items.of(condition)));
        return chosen;
    }

    public void removeExemption(GroupName group, ExemptionState state) {
        change(journal -> journal.removeExemption("groups/" + group, state));
    }

    private Predicate<String> taken(String directory) {
        return name -> store.exists(directory + "/" + name);
    }

    private static String rules(GroupName group) {
        return "groups/" + group + "/rules";
    }

    private void change(Consumer<Journal> change) {
        Journal journal = new Journal(store);
        try {
            change.accept(journal);
        } catch (StoreException e) {
            journal.rollBack();
            throw e;
        }
    }
}
