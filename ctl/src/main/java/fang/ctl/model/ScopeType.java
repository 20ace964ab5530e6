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

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** A type that goes with a path. */
    public static Optional<ScopeType> ofWord(String word) {
        return Arrays.stream(values())
                .filter(t -> t != ALL && t.word().equals(word))
                .findFirst();
    }

    /** Of those that go with a path. */
    public static List<String> words() {
        return Arrays.stream(values())
                .filter(t -> t != ALL)
                .map(ScopeType::word)
                .toList();
    }
}
