// SPDX-License-Identifier: Apache-2.0
package fang.ctl.sys;

import fang.ctl.model.Errno;

/** A system call failed. */
public final class SysException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String call;
    private final String path;
    private final Errno errno;

    /**
     * @param call such as {@code open}
     * @param path what it was about; empty if nothing with a name
     * @param number errno
     */
    public SysException(String call, String path, int number) {
        super(call + (path.isEmpty() ? "" : " " + path) + ": "
                + (Errno.ofNumber(number) == Errno.UNKNOWN ? "errno " + number : Errno.ofNumber(number)));
        this.call = call;
        this.path = path;
        this.errno = Errno.ofNumber(number);
    }

    public String call() {
        return call;
    }

    public String path() {
        return path;
    }

    public Errno errno() {
        return errno;
    }
}
