// SPDX-License-Identifier: Apache-2.0
package fang.ctl.output;

import fang.ctl.abi.Abi;
import java.util.ArrayList;
import java.util.List;

/** Words for the bits of a record's flags; a bit without a word is newer than this program and not shown. */
final class EventFlags {
    /** Those that {@link #words} has words for. */
    static final int WITH_WORDS =
            Abi.FANG_REDELIVERED | Abi.FANG_PATH_IN_FS | Abi.FANG_PATH_DELETED | Abi.FANG_PATH_TRUNCATED;

    private EventFlags() {}

    static List<String> words(int flags) {
        List<String> words = new ArrayList<>(4);
        add(words, flags, Abi.FANG_REDELIVERED, "redelivered");
        add(words, flags, Abi.FANG_PATH_IN_FS, "path_in_fs");
        add(words, flags, Abi.FANG_PATH_DELETED, "path_deleted");
        add(words, flags, Abi.FANG_PATH_TRUNCATED, "path_truncated");
        return words;
    }

    /** What became of a group, from its state record; null if the record does not tell. */
    static String state(int flags) {
        if ((flags & Abi.FANG_STATE_ENABLED) != 0) {
            return "enabled";
        }
        return (flags & Abi.FANG_STATE_DISABLED) != 0 ? "disabled" : null;
    }

    private static void add(List<String> words, int flags, int bit, String word) {
        if ((flags & bit) != 0) {
            words.add(word);
        }
    }
}
