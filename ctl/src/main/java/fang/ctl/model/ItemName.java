// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.List;
import java.util.function.Predicate;

/** Names for rules and exemptions that nobody named: they tell in denials and listings what they are about. */
public final class ItemName {
    private static final int STEM_MAX = 48;

    private ItemName() {}

    /** {@code deny-quarantine} after the reason, else after the last name of the first condition, else after all. */
    public static String of(Rule rule, String reason, Predicate<String> taken) {
        List<Condition> conditions = rule.conditions();
        String about = !reason.isEmpty() ? reason : conditions.isEmpty() ? "all" : about(conditions.get(0));
        return unique(rule.respond() + "-" + about, taken);
    }

    /** {@code exe-clamd}. */
    public static String of(Condition condition, Predicate<String> taken) {
        String type = condition.type().isPath() ? condition.type().word() + "-" : "";
        return unique(type + about(condition), taken);
    }

    private static String about(Condition condition) {
        String value = condition.value().latin1();
        return condition.type().isPath()
                ? value.substring(value.lastIndexOf('/', lengthWithout(value, '/') - 1) + 1)
                : condition.type().word() + "-" + value;
    }

    /** Runs of characters that are better not in a name become one hyphen. */
    private static String plain(String text) {
        var plain = new StringBuilder(text.length());
        boolean run = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean good =
                    c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || "_.-".indexOf(c) >= 0;
            if (good || !run) {
                plain.append(good ? c : '-');
            }
            run = !good;
        }
        return plain.toString();
    }

    /** How long it is without such characters at its end. */
    private static int lengthWithout(String text, char c) {
        int length = text.length();
        while (length > 0 && text.charAt(length - 1) == c) {
            length--;
        }
        return length;
    }

    private static String unique(String text, Predicate<String> taken) {
        String stem = plain(text);
        stem = stem.substring(0, Math.min(STEM_MAX, lengthWithout(stem, '-')));
        String name = stem;
        for (int i = 2; taken.test(name); i++) {
            name = stem + "-" + i;
        }
        return name;
    }
}
