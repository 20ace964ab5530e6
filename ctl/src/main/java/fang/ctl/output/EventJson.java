// SPDX-License-Identifier: Apache-2.0
package fang.ctl.output;

import fang.ctl.model.Event;
import fang.ctl.model.EventKind;
import fang.ctl.model.RawPath;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/**
 * One JSON object a line, with these keys:
 *
 * <ul>
 *   <li>{@code time}: RFC 3339 in UTC; {@code time_ns}: CLOCK_BOOTTIME, a string
 *   <li>{@code kind}: an event kind {@code overflow} or {@code state}; {@code id}: a string
 *   <li>{@code pid} (thread), {@code tgid} (process), {@code uid}, {@code gid}: numbers; {@code comm}: empty if the
 *       process is gone
 *   <li>{@code dev}: {@code MAJOR:MINOR}; {@code ino}: a string; {@code open_flags}, {@code count}: numbers
 *   <li>{@code flags}: words of redelivered, path_in_fs, path_deleted, path_truncated
 *   <li>{@code outstanding}: true; only of records of writes that are to be cleared
 *   <li>{@code deadline_ns}: CLOCK_MONOTONIC, a string; access requests only
 *   <li>{@code state}: enabled or disabled; only of kind state, and not if it only tells of missed events
 *   <li>{@code exe}, {@code cgroup}: only if reported; with {@code _bytes} as of {@code path}
 *   <li>{@code path}: only if reported; {@code path_bytes}: its bytes in base64, only if they are not UTF-8
 *   <li>{@code response}: only if listen responded
 * </ul>
 */
final class EventJson implements EventFormat {
    private static final long NS_PER_SECOND = 1_000_000_000L;
    /** What is kept until {@link #flush}, so that a batch is one write; more is written before. */
    private static final int KEPT_BYTES = 1 << 20;

    private static final byte[] TIME = JsonBytes.ascii("{\"time\":\"");
    private static final byte[] TIME_NS = JsonBytes.ascii("Z\",\"time_ns\":\"");
    private static final byte[] KIND = JsonBytes.ascii("\",\"kind\":\"");
    private static final byte[] ID = JsonBytes.ascii("\",\"id\":\"");
    private static final byte[] PID = JsonBytes.ascii("\",\"pid\":");
    private static final byte[] TGID = JsonBytes.ascii(",\"tgid\":");
    private static final byte[] UID = JsonBytes.ascii(",\"uid\":");
    private static final byte[] GID = JsonBytes.ascii(",\"gid\":");
    private static final byte[] COMM = JsonBytes.ascii(",\"comm\":");
    private static final byte[] DEV = JsonBytes.ascii(",\"dev\":\"");
    private static final byte[] INO = JsonBytes.ascii("\",\"ino\":\"");
    private static final byte[] OPEN_FLAGS = JsonBytes.ascii("\",\"open_flags\":");
    private static final byte[] COUNT = JsonBytes.ascii(",\"count\":");
    private static final byte[] FLAGS = JsonBytes.ascii(",\"flags\":[");
    private static final byte[] FLAGS_END = JsonBytes.ascii("]");
    private static final byte[] OUTSTANDING = JsonBytes.ascii(",\"outstanding\":true");
    private static final byte[] DEADLINE_NS = JsonBytes.ascii(",\"deadline_ns\":\"");
    private static final byte[] STATE = JsonBytes.ascii(",\"state\":");
    private static final byte[] EXE = JsonBytes.ascii(",\"exe\":");
    private static final byte[] EXE_BYTES = JsonBytes.ascii(",\"exe_bytes\":");
    private static final byte[] CGROUP = JsonBytes.ascii(",\"cgroup\":");
    private static final byte[] CGROUP_BYTES = JsonBytes.ascii(",\"cgroup_bytes\":");
    private static final byte[] PATH = JsonBytes.ascii(",\"path\":");
    private static final byte[] PATH_BYTES = JsonBytes.ascii(",\"path_bytes\":");
    private static final byte[] RESPONSE = JsonBytes.ascii(",\"response\":");
    private static final byte[] END = JsonBytes.ascii("}\n");
    private static final byte[][] KINDS = kinds();

    private final OutputStream out;
    private final JsonBytes json = new JsonBytes();
    private long shownSecond = Long.MIN_VALUE;
    private byte[] shownPrefix;

    EventJson(OutputStream out) {
        this.out = out;
    }

    private static byte[][] kinds() {
        EventKind[] kinds = EventKind.values();
        byte[][] words = new byte[kinds.length][];
        for (EventKind kind : kinds) {
            words[kind.ordinal()] = JsonBytes.ascii(kind.word());
        }
        return words;
    }

    @Override
    public void write(Shown shown) throws IOException {
        Event event = shown.event();
        json.raw(TIME);
        time(shown.wallNs());
        json.raw(TIME_NS);
        json.unsigned(event.timeNs());
        json.raw(KIND);
        int kind = event.kind();
        json.raw(kind >= 0 && kind < KINDS.length ? KINDS[kind] : JsonBytes.ascii(event.word()));
        json.raw(ID);
        json.unsigned(event.id());
        json.raw(PID);
        json.number(event.pid());
        json.raw(TGID);
        json.number(event.tgid());
        json.raw(UID);
        json.number(Integer.toUnsignedLong(event.uid()));
        json.raw(GID);
        json.number(Integer.toUnsignedLong(event.gid()));
        json.raw(COMM);
        json.string(shown.comm());
        json.raw(DEV);
        json.number(event.major());
        json.raw(':');
        json.number(event.minor());
        json.raw(INO);
        json.unsigned(event.ino());
        json.raw(OPEN_FLAGS);
        json.number(Integer.toUnsignedLong(event.openFlags()));
        json.raw(COUNT);
        json.number(Integer.toUnsignedLong(event.count()));
        flags(event);
        path(EXE, EXE_BYTES, event.exe());
        path(CGROUP, CGROUP_BYTES, event.cgroup());
        path(PATH, PATH_BYTES, event.path());
        if (shown.response() != null) {
            json.raw(RESPONSE);
            json.string(shown.response());
        }
        json.raw(END);
        if (json.length() > KEPT_BYTES) {
            json.writeTo(out);
        }
    }

    private void flags(Event event) {
        json.raw(FLAGS);
        if ((event.flags() & EventFlags.WITH_WORDS) != 0) {
            boolean first = true;
            for (String word : EventFlags.words(event.flags())) {
                if (!first) {
                    json.raw(',');
                }
                first = false;
                json.string(word);
            }
        }
        json.raw(FLAGS_END);
        if (event.isOutstanding()) {
            json.raw(OUTSTANDING);
        }
        if (event.isAccess()) {
            json.raw(DEADLINE_NS);
            json.unsigned(event.deadlineNs());
            json.raw('"');
        }
        if (event.isState() && EventFlags.state(event.flags()) != null) {
            json.raw(STATE);
            json.string(EventFlags.state(event.flags()));
        }
    }

    /** As Instant writes it, which takes longer than all the rest: so the seconds are kept. Without the Z. */
    private void time(long wallNs) {
        long seconds = Math.floorDiv(wallNs, NS_PER_SECOND);
        if (seconds != shownSecond) {
            String text = Instant.ofEpochSecond(seconds).toString();
            shownSecond = seconds;
            shownPrefix = JsonBytes.ascii(text.substring(0, text.length() - 1));
        }
        json.raw(shownPrefix);
        int ns = (int) (wallNs - seconds * NS_PER_SECOND);
        if (ns == 0) {
            return;
        }
        json.raw('.');
        if (ns % 1000 != 0) {
            json.digits(ns, 9);
        } else if (ns % 1_000_000 != 0) {
            json.digits(ns / 1000, 6);
        } else {
            json.digits(ns / 1_000_000, 3);
        }
    }

    /** As of {@link Json#path}. */
    private void path(byte[] key, byte[] bytesKey, RawPath path) {
        if (path == null) {
            return;
        }
        byte[] bytes = path.bytes();
        json.raw(key);
        if (isAscii(bytes)) {
            json.string(bytes);
            return;
        }
        Optional<String> text = path.utf8();
        json.string(text.isPresent() ? bytes : path.display().getBytes(StandardCharsets.UTF_8));
        if (text.isEmpty()) {
            json.raw(bytesKey);
            json.base64(bytes);
        }
    }

    private static boolean isAscii(byte[] bytes) {
        int all = 0;
        for (byte b : bytes) {
            all |= b;
        }
        return all >= 0;
    }

    @Override
    public void flush() throws IOException {
        json.writeTo(out);
        out.flush();
    }
}
