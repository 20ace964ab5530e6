// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.regex.Pattern;

/**
 * A condition of a rule, or an exemption. Two are the same if type and value are, as written.
 *
 * @param value a path, or a decimal number
 */
public record Condition(ConditionType type, RawPath value) {
    private static final ValueType UID = new ValueType.Number(0, 4_294_967_294L);
    private static final Pattern USER = Pattern.compile("[^\\x00-\\x20\\x7f:]{1,256}");
    private static final ValueType TGID = new ValueType.Number(1, Integer.MAX_VALUE);

    /**
     * A condition from its word and its value as people spell it.
     *
     * @throws IllegalArgumentException if the word is unknown, the path not absolute, the user unknown, and so on
     */
    public static Condition parse(String word, String text, Users users) {
        ConditionType type = ConditionType.ofWord(word)
                .orElseThrow(() -> new IllegalArgumentException("unknown condition \"" + Printable.of(word)
                        + "\" (one of " + String.join(", ", ConditionType.words()) + ")"
                        + Suggestions.hint(word, ConditionType.words())));
        return switch (type) {
            case SUBTREE, EXE, CGROUP -> new Condition(type, Scope.absolute(text));
            case UID -> new Condition(type, RawPath.ofText(uid(text, users)));
            case TGID -> new Condition(type, RawPath.ofText(TGID.parse(text)));
        };
    }

    private static String uid(String text, Users users) {
        boolean name = !text.isEmpty() && "0123456789+-".indexOf(text.charAt(0)) < 0;
        if (!name) {
            return UID.parse(text);
        }
        if (!USER.matcher(text).matches()) {
            // The C library would stop at a NUL, and take what stands before it for the name.
            throw new IllegalArgumentException("\"" + Printable.of(text) + "\" is no name of a user");
        }
        long uid = users.uid(text)
                .orElseThrow(() -> new IllegalArgumentException("no user \"" + Printable.of(text) + "\""));
        return Long.toString(uid);
    }

    /** By hand, as {@link #hashCode}: what the JVM makes for a record costs a start many milliseconds. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Condition that && type == that.type && value.equals(that.value);
    }

    @Override
    public int hashCode() {
        return 31 * type.hashCode() + value.hashCode();
    }

    /** As people read it: {@code exe /usr/sbin/clamd}. */
    @Override
    public String toString() {
        return type.word() + " " + value.display();
    }
}
