// SPDX-License-Identifier: Apache-2.0
package fang.ctl.sys;

import fang.ctl.model.Errno;

/**
 * A moment until which a wait may last.
 *
 * @param nanos on the clock of {@link System#nanoTime}
 */
public record Deadline(long nanos) {
    /** An interrupt does not end a poll(2), so none lasts longer: few enough to cost nothing, soon enough for a stop. */
    private static final int SLICE_MS = 200;

    private static final long NANOS_A_MS = 1_000_000;

    public static Deadline in(long millis) {
        return new Deadline(System.nanoTime() + millis * NANOS_A_MS);
    }

    /** What is left, rounded up; 0 once it has passed. */
    public long leftMillis() {
        return Math.max(0, (nanos - System.nanoTime() + NANOS_A_MS - 1) / NANOS_A_MS);
    }

    public boolean hasPassed() {
        return leftMillis() == 0;
    }

    /**
     * As {@link Posix#poll}, until this moment.
     *
     * @param call and about what it is for, should it fail with ETIMEDOUT
     */
    int[] poll(int[] fds, int[] events, String call, String about) throws InterruptedException {
        while (true) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            long left = leftMillis();
            int[] ready = Posix.system().poll(fds, events, (int) Math.min(left, SLICE_MS));
            for (int one : ready) {
                if (one != 0) {
                    return ready;
                }
            }
            if (left == 0) {
                throw new SysException(call, about, Errno.ETIMEDOUT.number());
            }
        }
    }

    void await(int fd, int events, String call, String about) throws InterruptedException {
        poll(new int[] {fd}, new int[] {events}, call, about);
    }
}
