// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A standing instruction about access requests, without its place among others. Two are the same if all they say is.
 *
 * @param respond one of {@link #RESPONSES}
 * @param conditions all of which must hold; at most one of a type
 * @param kinds canonical words; empty for all
 */
public record Rule(String respond, List<Condition> conditions, String kinds) {
    public static final List<String> RESPONSES = List.of("allow", "deny", "ask");
    /** Of which the kernel does not know the last. */
    public static final List<String> RESPONSES_OF_PROFILES = List.of("allow", "deny", "ask", "scan");

    public static final ValueType.Words KINDS =
            new ValueType.Words("access kind", EventKind.accessWords(String.join(" ", EventKind.words())));

    /** A class, because no archive holds the lambdas of {@code Comparator.comparing}. */
    private static final Comparator<Condition> BY_TYPE = new Comparator<>() {
        @Override
        public int compare(Condition a, Condition b) {
            return a.type().compareTo(b.type());
        }
    };

    public Rule {
        List<Condition> sorted = new ArrayList<>(conditions);
        sorted.sort(BY_TYPE);
        conditions = List.copyOf(sorted);
    }

    /** By hand, as {@link #hashCode}: what the JVM makes for a record costs a start many milliseconds. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Rule that
                && respond.equals(that.respond)
                && conditions.equals(that.conditions)
                && kinds.equals(that.kinds);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * respond.hashCode() + conditions.hashCode()) + kinds.hashCode();
    }

    /** As it is typed: {@code deny subtree=/srv/share uid=34}. */
    @Override
    public String toString() {
        var text = new StringBuilder(respond);
        for (Condition c : conditions) {
            text.append(' ')
                    .append(c.type().word())
                    .append('=')
                    .append(c.value().display());
        }
        return text + (kinds.isEmpty() ? "" : " kinds=" + kinds.replace(' ', ','));
    }
}
