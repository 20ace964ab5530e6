// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A condition of a rule, or an exemption. Two are the same if type and value are, as written.
 *
 * @param value a path, or a decimal number
 */
public record Condition(ConditionType type, RawPath value) {
    private static final ValueType UID = new ValueType.Number(0, 4_294_967_294L);
    private static final int USER_MAX = 256;
    private static final ValueType TGID = new ValueType.Number(1, Integer.MAX_VALUE);

    /**
     * A condition from its word and its value as people spell it.
     *
     * @throws IllegalArgumentException if the word is unknown, the path not absolute, the user unknown, and so on
     */
    public static Condition parse(String word, String text, Users users) {
        Optional<ConditionType> type = ConditionType.ofWord(word);
        if (type.isEmpty()) {
            throw new IllegalArgumentException("unknown condition \"" + Printable.of(word) + "\" (one of "
                    + String.join(", ", ConditionType.words()) + ")" + Suggestions.hint(word, ConditionType.words()));
        }
        RawPath value = switch (type.get()) {
            case SUBTREE, EXE, CGROUP -> Scope.absolute(text);
            case UID -> RawPath.ofText(uid(text, users));
            case TGID -> RawPath.ofText(TGID.parse(text));
        };
        return new Condition(type.get(), value);
    }

    /**
     * The number of a user who is told by name or number.
     *
     * @throws IllegalArgumentException if there is no such user
     */
    public static String uid(String text, Users users) {
        return number(text, false, users);
    }

    /** As {@link #uid}, of a group of users. */
    public static String gid(String text, Users users) {
        return number(text, true, users);
    }

    private static String number(String text, boolean group, Users users) {
        String what = group ? "group" : "user";
        boolean name = !text.isEmpty() && "0123456789+-".indexOf(text.charAt(0)) < 0;
        if (!name) {
            return UID.parse(text);
        }
        if (!isUser(text)) {
            // The C library would stop at a NUL, and take what stands before it for the name.
            throw new IllegalArgumentException("\"" + Printable.of(text) + "\" is no name of a " + what);
        }
        OptionalLong number = group ? users.gid(text) : users.uid(text);
        if (number.isEmpty()) {
            throw new IllegalArgumentException("no " + what + " \"" + Printable.of(text) + "\"");
        }
        return Long.toString(number.getAsLong());
    }

    private static boolean isUser(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c == 0x7f || c == ':') {
                return false;
            }
        }
        return !text.isEmpty() && text.codePointCount(0, text.length()) <= USER_MAX;
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
