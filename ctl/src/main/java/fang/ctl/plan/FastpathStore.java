// SPDX-License-Identifier: Apache-2.0
package fang.ctl.plan;

import fang.ctl.configfs.GroupStore;
import fang.ctl.configfs.StoreException;
import fang.ctl.model.Errno;
import fang.ctl.model.GroupName;
import fang.ctl.model.RawPath;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;

/** Adds and removes entries of a group's fastpath. */
public final class FastpathStore {
    /** A file that was just changed qualifies after two ticks, at most 20 ms. */
    private static final int TRIES = 10;

    private static final long PAUSE_NS = 10_000_000;

    private final GroupStore store;

    public FastpathStore(GroupStore store) {
        this.store = store;
    }

    /**
     * Remembers a file.
     *
     * @param kinds words with commas between
     * @param survive whether the entry outlives changes of the file
     */
    public void add(GroupName group, String kinds, boolean survive, RawPath path) {
        byte[] value = join(kinds + (survive ? " survive " : " "), path);
        for (int i = 1; ; i++) {
            try {
                store.write("groups/" + group + "/fastpath/add", value);
                return;
            } catch (StoreException e) {
                if (e.errno() != Errno.EAGAIN || i == TRIES) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE_NS);
            }
        }
    }

    public void remove(GroupName group, RawPath path) {
        store.write("groups/" + group + "/fastpath/remove", join("", path));
    }

    public void flush(GroupName group) {
        store.write("groups/" + group + "/fastpath/flush", "1");
    }

    private static byte[] join(String words, RawPath path) {
        var value = new ByteArrayOutputStream();
        value.writeBytes(words.getBytes(StandardCharsets.US_ASCII));
        value.writeBytes(path.escaped());
        return value.toByteArray();
    }

    /** Why the kernel refused an entry. */
    public static String explain(Errno errno, String detail) {
        String why = switch (errno) {
            case EINVAL -> "not a regular file";
            case ETXTBSY -> "open for writing";
            case ENOSPC -> "the fastpath is full; raise fastpath/max";
            case EOPNOTSUPP -> "changes of files on this file system cannot be seen";
            case EAGAIN -> "the file keeps changing";
            case ENOENT -> "no such file or entry";
            case E2BIG -> "the path is too long";
            default -> detail;
        };
        return errno == Errno.UNKNOWN ? why : errno + ": " + why;
    }
}
