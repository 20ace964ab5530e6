// SPDX-License-Identifier: Apache-2.0
package fang.ctl.scan;

/** A scanner gave no result: not reachable, failed, or out of time. The message is one line for a log. */
public final class ScannerException extends Exception {
    private static final long serialVersionUID = 1;

    public ScannerException(String message) {
        super(message);
    }

    public ScannerException(String message, Throwable cause) {
        super(message, cause);
    }
}
