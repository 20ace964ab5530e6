// SPDX-License-Identifier: Apache-2.0
package fang.ctl.output;

import fang.ctl.model.Event;
import fang.ctl.model.Printable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;

/**
 * One line an event: {@code 14:02:11.120 close_write pid=812(vim) uid=1000 /home/a/x.txt}. Local time; pid is the
 * process's. Access requests, and records of writes that are outstanding, have {@code id=17} after the kind. {@code
 * 14:02:12.000 state disabled} tells of the group. Overflows and missed events are no lines: they are told on stderr.
 */
final class EventText implements EventFormat {
    private static final long NS_PER_SECOND = 1_000_000_000L;
    private static final int FLUSH_CHARS = 1 << 16;

    private final OutputStream out;
    private final ZoneId zone = ZoneId.systemDefault();
    private final StringBuilder text = new StringBuilder();
    private long second = Long.MIN_VALUE;
    private String clock = "";

    EventText(OutputStream out) {
        this.out = out;
    }

    @Override
    public void write(Shown shown) throws IOException {
        Event event = shown.event();
        if (event.isOverflow()) {
            return;
        }
        if (event.isState()) {
            appendState(event, shown.wallNs());
            return;
        }
        appendTime(shown.wallNs());
        text.append(' ').append(event.word());
        if (event.isAccess() || event.isOutstanding()) {
            text.append(" id=").append(Long.toUnsignedString(event.id()));
        }
        if (shown.response() != null) {
            text.append(" respond=").append(shown.response());
        }
        text.append(" pid=").append(event.tgid());
        if (!shown.comm().isEmpty()) {
            text.append('(').append(Printable.of(shown.comm())).append(')');
        }
        text.append(" uid=").append(Integer.toUnsignedString(event.uid()));
        if (event.count() > 1) {
            text.append(" count=").append(Integer.toUnsignedString(event.count()));
        }
        List<String> flags = EventFlags.words(event.flags());
        if (!flags.isEmpty()) {
            text.append(" flags=").append(String.join(",", flags));
        }
        if (event.exe() != null) {
            text.append(" exe=").append(event.exe().display());
        }
        if (event.cgroup() != null) {
            text.append(" cgroup=").append(event.cgroup().display());
        }
        if (event.path() != null) {
            text.append(' ').append(event.path().display());
        } else {
            text.append(" dev=").append(event.major()).append(':').append(event.minor());
            text.append(" ino=").append(Long.toUnsignedString(event.ino()));
        }
        text.append('\n');
        if (text.length() > FLUSH_CHARS) {
            flush();
        }
    }

    private void appendState(Event event, long wallNs) {
        String state = EventFlags.state(event.flags());
        if (state != null) {
            appendTime(wallNs);
            text.append(" state ").append(state).append('\n');
        }
    }

    private void appendTime(long wallNs) {
        long now = Math.floorDiv(wallNs, NS_PER_SECOND);
        if (now != second) {
            second = now;
            var time = Instant.ofEpochSecond(now).atZone(zone);
            clock = pad(time.getHour(), 2) + ":" + pad(time.getMinute(), 2) + ":" + pad(time.getSecond(), 2) + ".";
        }
        text.append(clock).append(pad((int) (Math.floorMod(wallNs, NS_PER_SECOND) / 1_000_000), 3));
    }

    private static String pad(int value, int digits) {
        String text = Integer.toString(value);
        return "0".repeat(digits - text.length()) + text;
    }

    @Override
    public void flush() throws IOException {
        out.write(text.toString().getBytes(StandardCharsets.UTF_8));
        out.flush();
        text.setLength(0);
    }
}
