// SPDX-License-Identifier: Apache-2.0
package fang.ctl.output;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** The path's bytes and a NUL, for {@code xargs -0}; events without a path show nothing. */
final class EventPaths implements EventFormat {
    private final OutputStream out;

    EventPaths(OutputStream out) {
        this.out = new BufferedOutputStream(out);
    }

    @Override
    public void write(Shown shown) throws IOException {
        if (shown.event().path() != null) {
            out.write(shown.event().path().bytes());
            out.write(0);
        }
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }
}
