// SPDX-License-Identifier: Apache-2.0
package fang.ctl.configfs;

import fang.ctl.model.Condition;
import fang.ctl.model.ConditionType;
import fang.ctl.model.ExemptionState;
import fang.ctl.model.GroupName;
import fang.ctl.model.RawPath;
import fang.ctl.model.Rule;
import fang.ctl.model.RuleSet;
import fang.ctl.model.RuleState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads rules and exemptions. Needs no root. */
public final class RuleReader {
    private final GroupStore store;
    private final boolean whole;

    public RuleReader(GroupStore store) {
        this(store, true);
    }

    private RuleReader(GroupStore store, boolean whole) {
        this.store = store;
        this.whole = whole;
    }

    /** As {@link GroupReader#ofSettings}. */
    static RuleReader ofSettings(GroupStore store) {
        return new RuleReader(store, false);
    }

    /** None if this module knows no exemptions. */
    public List<ExemptionState> exemptions(GroupName name) {
        List<ExemptionState> exemptions = new ArrayList<>();
        String directory = "groups/" + name + "/exemptions";
        for (String child : children(directory)) {
            String item = directory + "/" + child;
            Optional<ConditionType> type = ConditionType.ofWord(store.readText(item + "/type"));
            exemptions.add(new ExemptionState(
                    child,
                    type.isPresent() ? condition(item, "value", type.get()) : Optional.empty(),
                    whole ? number(item + "/hits") : 0,
                    isSet(item + "/enabled"),
                    whole && isSet(item + "/active")));
        }
        return exemptions;
    }

    /** {@link RuleSet#NONE} if this module knows no rules. */
    public RuleSet rules(GroupName name) {
        String directory = "groups/" + name + "/rules";
        if (!store.exists(directory)) {
            return RuleSet.NONE;
        }
        long active = number(directory + "/active_set");
        List<RuleState> rules = new ArrayList<>();
        for (String child : children(directory)) {
            String item = directory + "/" + child;
            rules.add(new RuleState(
                    child,
                    rule(item),
                    number(item + "/set"),
                    number(item + "/order"),
                    whole ? number(item + "/hits") : 0,
                    isSet(item + "/enabled"),
                    whole && isSet(item + "/active")));
        }
        return new RuleSet(active, rules);
    }

    private Optional<Rule> rule(String item) {
        String respond = store.readText(item + "/respond");
        List<Condition> conditions = new ArrayList<>();
        for (ConditionType type : ConditionType.lasting()) {
            Optional<Condition> condition = condition(item, type.word(), type);
            if (condition.isPresent()) {
                conditions.add(condition.get());
            }
        }
        return respond.isEmpty()
                ? Optional.empty()
                : Optional.of(new Rule(respond, conditions, store.readText(item + "/kinds")));
    }

    private Optional<Condition> condition(String item, String file, ConditionType type) {
        byte[] value = store.read(item + "/" + file);
        return value.length == 0 ? Optional.empty() : Optional.of(new Condition(type, RawPath.parse(value)));
    }

    private List<String> children(String directory) {
        return store.exists(directory) ? store.list(directory) : List.of();
    }

    private boolean isSet(String file) {
        return store.readText(file).equals("1");
    }

    private long number(String file) {
        return Long.parseUnsignedLong(store.readText(file));
    }
}
