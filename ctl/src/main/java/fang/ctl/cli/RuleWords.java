// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Condition;
import fang.ctl.model.ConditionType;
import fang.ctl.model.GroupName;
import fang.ctl.model.Printable;
import fang.ctl.model.Rule;
import fang.ctl.model.Suggestions;
import fang.ctl.model.Users;
import fang.ctl.model.ValueType;
import java.util.ArrayList;
import java.util.List;

/** Reads the {@code KEY=VALUE} operands of rules and exemptions. */
final class RuleWords {
    private static final ValueType ORDER = new ValueType.Number(0, 4_294_967_295L);
    private static final List<String> KEYS = List.of("subtree", "exe", "uid", "cgroup", "kinds", "order", "respond");

    private final Users users;
    private final List<Condition> conditions = new ArrayList<>();
    private String kinds = "";
    private String respond;
    private Long order;

    private RuleWords(Users users) {
        this.users = users;
    }

    /**
     * What the operands say, which all are about one rule.
     *
     * @throws fang.ctl.model.Failure USAGE
     */
    static RuleWords parse(Iterable<String> operands, Users users) {
        RuleWords words = new RuleWords(users);
        List<String> seen = new ArrayList<>();
        for (String operand : operands) {
            String key = key(operand);
            if (seen.contains(key)) {
                throw Command.usage(key + " stands twice");
            }
            seen.add(key);
            try {
                words.take(key, operand.substring(key.length() + 1));
            } catch (IllegalArgumentException e) {
                throw Command.usage(key + ": " + e.getMessage());
            }
        }
        if (words.respond == null) {
            throw Command.usage("respond how? Give respond=" + String.join(", respond=", Rule.RESPONSES));
        }
        return words;
    }

    private static String key(String operand) {
        int equals = operand.indexOf('=');
        if (equals < 0) {
            throw Command.usage("\"" + Printable.of(operand) + "\" is not of the form KEY=VALUE");
        }
        String key = operand.substring(0, equals);
        if (!KEYS.contains(key)) {
            throw Command.usage("unknown key \"" + Printable.of(key) + "\" (one of " + String.join(", ", KEYS) + ")"
                    + Suggestions.hint(key, KEYS));
        }
        return key;
    }

    private void take(String key, String value) {
        switch (key) {
            case "kinds" -> kinds = Rule.KINDS.parse(value);
            case "order" -> order = Long.parseLong(ORDER.parse(value));
            case "respond" -> respond = new ValueType.Word(Rule.RESPONSES).parse(value);
            default -> conditions.add(Condition.parse(key, value, users));
        }
    }

    Rule rule() {
        return new Rule(respond, conditions, kinds);
    }

    /** Null if it was not given. */
    Long order() {
        return order;
    }

    /**
     * An exemption from {@code TYPE=VALUE}.
     *
     * @throws fang.ctl.model.Failure USAGE
     */
    static Condition exemption(String operand, Users users) {
        int equals = operand.indexOf('=');
        if (equals < 0) {
            throw Command.usage("\"" + Printable.of(operand) + "\" is not of the form TYPE=VALUE (one of "
                    + String.join(", ", ConditionType.words()) + ")");
        }
        try {
            return Condition.parse(operand.substring(0, equals), operand.substring(equals + 1), users);
        } catch (IllegalArgumentException e) {
            throw Command.usage(e.getMessage());
        }
    }

    /**
     * The value of --name: the same rule holds as for groups.
     *
     * @throws fang.ctl.model.Failure USAGE
     */
    static String name(String text) {
        try {
            return text == null ? null : new GroupName(text).text();
        } catch (IllegalArgumentException e) {
            throw Command.usage("--name: " + e.getMessage().replace("group name", "name"));
        }
    }
}
