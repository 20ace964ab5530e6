// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.ArrayList;
import java.util.List;

/**
 * Conditions of a rule that the kernel does not know; null is one that is not there.
 *
 * @param path that the file's path must match
 * @param gid the task's file system gid
 * @param comm the thread's name
 * @param owner the uid of the file's owner
 * @param sizeMin bytes, at least
 * @param sizeMax bytes, at most
 */
public record ServeConditions(Glob path, Long gid, RawPath comm, Long owner, Long sizeMin, Long sizeMax) {
    public static final ServeConditions NONE = new ServeConditions(null, null, null, null, null, null);

    /** What the kernel keeps of a thread's name. */
    public static final int COMM_BYTES_MAX = 15;

    /** Keys in profiles. */
    public static List<String> words() {
        return List.of("path", "gid", "comm", "owner", "size_min", "size_max");
    }

    /** Whether the file itself has to be looked at. */
    public boolean needsFile() {
        return owner != null || sizeMin != null || sizeMax != null;
    }

    /** Why the kernel cannot hold a rule with these; null if there is none. */
    String why() {
        if (path != null) {
            return "path is a glob";
        }
        List<String> words = present();
        return words.isEmpty()
                ? null
                : words.get(0).substring(0, words.get(0).indexOf('=')) + " is nothing the kernel compares";
    }

    private List<String> present() {
        List<String> words = new ArrayList<>();
        add(words, "path", path);
        add(words, "gid", gid);
        add(words, "comm", comm == null ? null : comm.display());
        add(words, "owner", owner);
        add(words, "size_min", sizeMin == null ? null : Sizes.format(sizeMin));
        add(words, "size_max", sizeMax == null ? null : Sizes.format(sizeMax));
        return words;
    }

    private static void add(List<String> words, String key, Object value) {
        if (value != null) {
            words.add(key + "=" + value);
        }
    }

    /** As rules are typed: {@code path=/srv/*.tmp gid=5}; empty if there is none. */
    @Override
    public String toString() {
        return String.join(" ", present());
    }
}
