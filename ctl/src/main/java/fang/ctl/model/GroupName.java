// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.Comparator;

/**
 * A group's name: a letter or digit, then at most 63 more letters, digits, underscores, dots or hyphens. The same rule
 * holds for scopes' names. No name can lead out of its directory.
 *
 * @throws IllegalArgumentException if the text is no such name
 */
public record GroupName(String text) implements Comparable<GroupName> {
    /** As a regular expression, for schemas. */
    public static final String PATTERN = "^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$";

    private static final int MAX = 64;

    public GroupName {
        if (!isValid(text)) {
            throw new IllegalArgumentException("\"" + Printable.of(text)
                    + "\" is no group name (letters, digits, \"_\", \".\", \"-\"; first a letter or digit; at most "
                    + MAX
                    + ")");
        }
    }

    private static boolean isValid(String text) {
        if (text.isEmpty() || text.length() > MAX || !isAlphanumeric(text.charAt(0))) {
            return false;
        }
        for (int i = 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isAlphanumeric(c) && c != '_' && c != '.' && c != '-') {
                return false;
            }
        }
        return true;
    }

    private static boolean isAlphanumeric(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }

    /** By hand, as {@link #hashCode}: what the JVM makes for a record costs a start many milliseconds. */
    @Override
    public boolean equals(Object other) {
        return other instanceof GroupName that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public int compareTo(GroupName other) {
        return Comparator.<String>naturalOrder().compare(text, other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}
