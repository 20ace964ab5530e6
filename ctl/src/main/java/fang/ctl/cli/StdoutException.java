// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import java.io.IOException;

/** Standard output took no more. */
final class StdoutException extends IOException {
    private static final long serialVersionUID = 1;

    StdoutException(IOException cause) {
        super(cause.getMessage(), cause);
    }

    /** Nobody reads any more, as after {@code | head}: a wish to stop, no failure. */
    boolean isClosed() {
        return "Broken pipe".equals(getMessage());
    }
}
