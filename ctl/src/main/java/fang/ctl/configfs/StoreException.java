// SPDX-License-Identifier: Apache-2.0
package fang.ctl.configfs;

import fang.ctl.model.Errno;

/** Something in configfs was refused. */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What was tried. OPEN fails if the file is absent or the caller is not root; WRITE is the attribute's own no. */
    public enum Call {
        LIST,
        MAKE,
        REMOVE,
        OPEN,
        READ,
        WRITE
    }

    private final Call call;
    private final String file;
    private final Errno errno;
    private final String detail;
    private final String value;

    /**
     * @param file relative to Fang's directory
     * @param detail the system's words, for errors without a name here
     * @param value what was to be written; empty for other calls
     */
    public StoreException(Call call, String file, Errno errno, String detail, String value) {
        super(call + " " + file + ": " + (errno == Errno.UNKNOWN ? detail : errno));
        this.call = call;
        this.file = file;
        this.errno = errno;
        this.detail = detail;
        this.value = value;
    }

    public StoreException(Call call, String file, Errno errno, String value) {
        this(call, file, errno, errno.text(), value);
    }

    public Call call() {
        return call;
    }

    public String file() {
        return file;
    }

    public Errno errno() {
        return errno;
    }

    public String detail() {
        return detail;
    }

    public String value() {
        return value;
    }

    /** The file's last name, such as {@code mask}. */
    public String attribute() {
        return file.substring(file.lastIndexOf('/') + 1);
    }
}
