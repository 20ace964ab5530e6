// SPDX-License-Identifier: Apache-2.0
package fang.ctl.output;

import fang.ctl.model.Event;
import java.io.IOException;
import java.io.OutputStream;

/** How {@code listen} shows events. Formats buffer; a caller flushes once for each batch. */
public interface EventFormat {
    /** An event and what the wire does not say about it. */
    interface Shown {
        Event event();

        /** Short name of its process; empty if that is gone. */
        String comm();

        /** When it was raised, wall clock, nanoseconds since 1970. */
        long wallNs();

        /** The word it was responded to with; null if it was not. */
        String response();
    }

    void write(Shown shown) throws IOException;

    void flush() throws IOException;

    /** {@code text}, {@code jsonl}, or {@code paths} for NUL-separated paths. */
    static EventFormat of(String name, OutputStream out) throws IOException {
        return switch (name) {
            case "text" -> new EventText(out);
            case "jsonl" -> new EventJson(out);
            case "paths" -> new EventPaths(out);
            default -> throw new IllegalArgumentException(name);
        };
    }
}
