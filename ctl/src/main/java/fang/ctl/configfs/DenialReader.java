// SPDX-License-Identifier: Apache-2.0
package fang.ctl.configfs;

import fang.ctl.model.Denial;
import fang.ctl.model.GroupName;
import fang.ctl.model.RawPath;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Reads {@code denials}. Needs root. */
public final class DenialReader {
    private static final int WORDS = 7;

    private DenialReader() {}

    /**
     * What a group denied last.
     *
     * @param denials oldest first
     * @param more how many older ones the kernel could not list
     */
    public record Denials(List<Denial> denials, long more) {}

    /**
     * The last denials of a group.
     *
     * @throws StoreException OPEN, EACCES without root
     */
    public static Denials read(GroupStore store, GroupName name) {
        // Paths are bytes: one character each until they are taken apart.
        String text = new String(store.read("groups/" + name + "/denials"), StandardCharsets.ISO_8859_1);
        List<Denial> denials = new ArrayList<>();
        long more = 0;
        for (String line : text.split("\n")) {
            String[] words = line.split(" ");
            if (words[0].equals("...")) {
                more = Long.parseLong(words[2]);
            } else if (words.length == WORDS) {
                denials.add(new Denial(
                        name,
                        Long.parseUnsignedLong(words[0]),
                        words[1],
                        Integer.parseInt(words[2]),
                        Long.parseLong(words[3]),
                        words[4],
                        words[5].equals("-") ? null : words[5],
                        words[6].equals("-") ? null : RawPath.parse(words[6].getBytes(StandardCharsets.ISO_8859_1))));
            }
        }
        Collections.reverse(denials);
        return new Denials(denials, more);
    }
}
