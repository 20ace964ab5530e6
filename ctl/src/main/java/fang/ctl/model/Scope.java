// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.Optional;

/**
 * What a group covers. Two scopes are the same if type and path are, as written.
 *
 * @param path absolute; empty for {@link #ALL}
 */
public record Scope(ScopeType type, RawPath path) {
    /** Every file system that is mounted, now and later; see {@link AllScope}. */
    public static final Scope ALL = new Scope(ScopeType.ALL, new RawPath(""));

    private static final int PATH_MAX = 4095;

    /**
     * A scope from its word and the path as profiles spell it.
     *
     * @throws IllegalArgumentException if the word is unknown or the path not absolute, malformed or too long
     */
    public static Scope parse(String word, String path) {
        Optional<ScopeType> type = ScopeType.ofWord(word);
        if (type.isEmpty()) {
            throw new IllegalArgumentException("unknown scope \"" + Printable.of(word) + "\" (one of "
                    + String.join(", ", ScopeType.words()) + ")" + Suggestions.hint(word, ScopeType.words()));
        }
        return new Scope(type.get(), absolute(path));
    }

    /**
     * A path as profiles spell it, checked as far as text can be.
     *
     * @throws IllegalArgumentException if it is not absolute, malformed or too long
     */
    public static RawPath absolute(String text) {
        RawPath path = RawPath.parse(text);
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException(
                    "\"" + path.display() + "\" is not absolute (did you mean \"/" + path.display() + "\"?)");
        }
        if (path.hasNul()) {
            throw new IllegalArgumentException("\"" + path.display() + "\" has a byte 0 in it");
        }
        if (path.latin1().length() > PATH_MAX) {
            throw new IllegalArgumentException("the path is longer than " + PATH_MAX + " bytes");
        }
        return path;
    }

    /**
     * The name of its directory in configfs: the same for the same scope, another for another path.
     *
     * @return type, hyphen, 16 hex digits (FNV-1a, 64 bits, over the path's bytes); {@code all} of {@link #ALL}
     */
    public String directory() {
        if (isAll()) {
            return AllScope.WORD;
        }
        long hash = 0xcbf29ce484222325L;
        for (byte b : path.bytes()) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        String hex = Long.toHexString(hash);
        return type.word() + "-" + "0".repeat(16 - hex.length()) + hex;
    }

    public boolean isAll() {
        return type == ScopeType.ALL;
    }

    /** By hand, as {@link #hashCode}: what the JVM makes for a record costs a start many milliseconds. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Scope that && type == that.type && path.equals(that.path);
    }

    @Override
    public int hashCode() {
        return 31 * type.hashCode() + path.hashCode();
    }

    /** As people read it: {@code subtree /srv/share}. */
    @Override
    public String toString() {
        return isAll() ? AllScope.WORD : type.word() + " " + path.display();
    }
}
