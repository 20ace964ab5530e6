// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

/**
 * One record from a group's device.
 *
 * @param id unsigned, never 0
 * @param timeNs CLOCK_BOOTTIME, nanoseconds
 * @param kind the number of the wire; see {@link #word}
 * @param flags FANG_REDELIVERED, FANG_PATH_*, FANG_STATE_*, FANG_OUTSTANDING
 * @param fd a descriptor, -1 for none, another negative number for a negated errno
 * @param pid thread, as the listener's pid namespace sees it; 0 if invisible
 * @param tgid its process, likewise
 * @param dev the kernel's new_encode_dev() form
 * @param ino unsigned
 * @param count events that this record stands for; of an overflow: lost ones
 * @param deadlineNs CLOCK_MONOTONIC, nanoseconds; 0 for notifications
 * @param path null if none was reported
 * @param comm name of the thread, likewise
 * @param exe path of its program, likewise
 * @param cgroup path of its cgroup, likewise
 */
public record Event(
        long id,
        long timeNs,
        int kind,
        int flags,
        int fd,
        int pid,
        int tgid,
        int uid,
        int gid,
        long dev,
        long ino,
        int openFlags,
        int count,
        long deadlineNs,
        RawPath path,
        RawPath comm,
        RawPath exe,
        RawPath cgroup) {
    public static final int OVERFLOW = 64;
    public static final int STATE = 65;

    /** FANG_OUTSTANDING. */
    private static final int OUTSTANDING = 1 << 6;

    private static final EventKind[] KINDS = EventKind.values();

    public boolean isOverflow() {
        return kind == OVERFLOW;
    }

    /** Whether it tells what became of the group, and not of a file. */
    public boolean isState() {
        return kind == STATE;
    }

    /** Whether somebody waits for a response. */
    public boolean isAccess() {
        return kind >= 0 && kind < KINDS.length && KINDS[kind].isAccess();
    }

    /** Whether no other record of writes to this file comes until this one is cleared. */
    public boolean isOutstanding() {
        return (flags & OUTSTANDING) != 0;
    }

    /** The kind's word; {@code kind-N} for one that is newer than this program. */
    public String word() {
        if (isOverflow()) {
            return "overflow";
        }
        if (isState()) {
            return "state";
        }
        return kind >= 0 && kind < KINDS.length ? KINDS[kind].word() : "kind-" + kind;
    }

    public long major() {
        return dev >>> 8 & 0xfff;
    }

    public long minor() {
        return dev & 0xff | dev >>> 12 & 0xfff00;
    }
}
