// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What part of the file tree a scope covers. */
public enum ScopeType {
    /** a directory and all below it, on the same file system */
    SUBTREE,
    /** the whole file system that the path is on */
    FILESYSTEM,
    /** the last name in its directory, whichever file bears it */
    FILE,
    /** every file system that is mounted, now and later; a word of profiles, not of the kernel */
    ALL;

    private static final ScopeType[] TYPES = values();

    private final String word = name().toLowerCase(Locale.ROOT);

    public String word() {
        return word;
    }

    /** A type that goes with a path. */
    public static Optional<ScopeType> ofWord(String word) {
        for (ScopeType type : TYPES) {
            if (type != ALL && type.word.equals(word)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /** Of those that go with a path. */
    public static List<String> words() {
        return Arrays.stream(TYPES).filter(t -> t != ALL).map(ScopeType::word).toList();
    }
}
