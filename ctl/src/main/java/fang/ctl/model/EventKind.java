// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What happened to a file, in the order in which the kernel shows a mask. */
public enum EventKind {
    OPEN(false),
    READ(false),
    WRITE(false),
    CLOSE_WRITE(false),
    CLOSE_NOWRITE(false),
    OPEN_ACCESS(true),
    READ_ACCESS(true);

    private static final EventKind[] KINDS = values();

    private final boolean access;
    private final String word;

    EventKind(boolean access) {
        this.access = access;
        this.word = name().toLowerCase(Locale.ROOT);
    }

    /** Whether the process waits for a response. */
    public boolean isAccess() {
        return access;
    }

    /** The word in mask, profiles and output. */
    public String word() {
        return word;
    }

    public static List<String> words() {
        // No stream: every start of the tool comes by, and the first lambda costs milliseconds.
        List<String> words = new ArrayList<>();
        for (EventKind kind : KINDS) {
            words.add(kind.word);
        }
        return List.copyOf(words);
    }

    /** The words of a mask that name access requests, in order. */
    public static List<String> accessWords(String mask) {
        List<String> wanted = List.of(mask.split(" "));
        List<String> words = new ArrayList<>();
        for (EventKind kind : KINDS) {
            if (kind.access && wanted.contains(kind.word)) {
                words.add(kind.word);
            }
        }
        return List.copyOf(words);
    }
}
