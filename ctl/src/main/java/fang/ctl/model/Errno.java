// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.HashMap;
import java.util.Map;

/**
 * A Linux error by its name.
 *
 * <p>The JDK hands on the C library's text alone, JNA the number alone; {@link #ofText} and {@link #ofNumber} name
 * either. The texts are those of the C locale, which the launcher sees to (LC_MESSAGES=C). Numbers are those of x86-64
 * and arm64 (include/uapi/asm-generic/errno*.h).
 */
public enum Errno {
    EPERM(1, "Operation not permitted"),
    ENOENT(2, "No such file or directory"),
    ESRCH(3, "No such process"),
    EINTR(4, "Interrupted system call"),
    EIO(5, "Input/output error"),
    ENXIO(6, "No such device or address"),
    E2BIG(7, "Argument list too long"),
    EBADF(9, "Bad file descriptor"),
    EAGAIN(11, "Resource temporarily unavailable"),
    ENOMEM(12, "Cannot allocate memory"),
    EACCES(13, "Permission denied"),
    EFAULT(14, "Bad address"),
    EBUSY(16, "Device or resource busy"),
    EEXIST(17, "File exists"),
    ENODEV(19, "No such device"),
    ENOTDIR(20, "Not a directory"),
    EISDIR(21, "Is a directory"),
    EINVAL(22, "Invalid argument"),
    ENFILE(23, "Too many open files in system"),
    EMFILE(24, "Too many open files"),
    ENOTTY(25, "Inappropriate ioctl for device"),
    ETXTBSY(26, "Text file busy"),
    ENOSPC(28, "No space left on device"),
    EROFS(30, "Read-only file system"),
    EPIPE(32, "Broken pipe"),
    ERANGE(34, "Numerical result out of range"),
    ENAMETOOLONG(36, "File name too long"),
    ENOTEMPTY(39, "Directory not empty"),
    ELOOP(40, "Too many levels of symbolic links"),
    EOPNOTSUPP(95, "Operation not supported"),
    ECONNRESET(104, "Connection reset by peer"),
    ETIMEDOUT(110, "Connection timed out"),
    ECONNREFUSED(111, "Connection refused"),
    ESTALE(116, "Stale file handle"),
    /** Any other; its number or text stands in the message. */
    UNKNOWN(-1, "unknown error");

    private static final Map<String, Errno> BY_TEXT = new HashMap<>();
    private static final Map<Integer, Errno> BY_NUMBER = new HashMap<>();

    static {
        for (Errno errno : values()) {
            BY_TEXT.put(errno.text, errno);
            BY_NUMBER.put(errno.number, errno);
        }
    }

    private final int number;
    private final String text;

    Errno(int number, String text) {
        this.number = number;
        this.text = text;
    }

    public int number() {
        return number;
    }

    /** The C library's words for it, in the C locale. */
    public String text() {
        return text;
    }

    public static Errno ofNumber(int number) {
        return BY_NUMBER.getOrDefault(number, UNKNOWN);
    }

    /** Null is {@link #UNKNOWN}, like every text that is not in the table. */
    public static Errno ofText(String text) {
        return BY_TEXT.getOrDefault(text, UNKNOWN);
    }
}
