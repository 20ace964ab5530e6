// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads {@code /proc/PID/mountinfo}: lines of ID, parent, MAJOR:MINOR, root, mount point, options, any number of optional
 * fields, a hyphen, type, source, options. Paths are bytes, with blanks and their like as {@code \ooo}.
 */
public final class MountTable {
    private static final int ID = 0;
    private static final int DEVICE = 2;
    private static final int ROOT = 3;
    private static final int POINT = 4;
    private static final int OPTIONAL = 6;

    private MountTable() {}

    /**
     * All mounts, in the table's order.
     *
     * @throws IllegalArgumentException if a line is no mount
     */
    public static List<Mount> parse(byte[] table) {
        List<Mount> mounts = new ArrayList<>();
        // One character a byte, until paths are taken apart.
        for (String line : new String(table, StandardCharsets.ISO_8859_1).split("\n")) {
            if (!line.isEmpty()) {
                mounts.add(mount(line));
            }
        }
        return mounts;
    }

    private static Mount mount(String line) {
        String[] fields = line.split(" ");
        int hyphen = OPTIONAL;
        while (hyphen < fields.length && !fields[hyphen].equals("-")) {
            hyphen++;
        }
        if (hyphen + 1 >= fields.length || !fields[DEVICE].matches("[0-9]+:[0-9]+")) {
            throw new IllegalArgumentException("no line of a mount table: " + Arrays.toString(fields));
        }
        return new Mount(
                Long.parseLong(fields[ID]),
                fields[DEVICE],
                path(fields[ROOT]),
                path(fields[POINT]),
                path(fields[hyphen + 1]).display());
    }

    private static RawPath path(String field) {
        return RawPath.parse(field.getBytes(StandardCharsets.ISO_8859_1));
    }
}
