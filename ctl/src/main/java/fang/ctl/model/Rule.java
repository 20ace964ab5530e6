// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

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

    public Rule {
        conditions = conditions.stream()
                .sorted(Comparator.comparing(Condition::type))
                .toList();
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
        return respond
                + conditions.stream()
                        .map(c -> " " + c.type().word() + "=" + c.value().display())
                        .collect(Collectors.joining())
                + (kinds.isEmpty() ? "" : " kinds=" + kinds.replace(' ', ','));
    }
}
