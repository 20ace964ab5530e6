// SPDX-License-Identifier: Apache-2.0
package fang.ctl.output;

import com.fasterxml.jackson.core.JsonGenerator;
import fang.ctl.model.Event;
import fang.ctl.model.RawPath;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;

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

    private final JsonGenerator json;
    private long shownSecond = Long.MIN_VALUE;
    private String shownPrefix;

    EventJson(OutputStream out) throws IOException {
        json = Json.generator(out);
        json.setRootValueSeparator(null);
    }

    @Override
    public void write(Shown shown) throws IOException {
        Event event = shown.event();
        json.writeStartObject();
        json.writeStringField("time", time(shown.wallNs()));
        Json.unsigned(json, "time_ns", event.timeNs());
        json.writeStringField("kind", event.word());
        Json.unsigned(json, "id", event.id());
        json.writeNumberField("pid", event.pid());
        json.writeNumberField("tgid", event.tgid());
        json.writeNumberField("uid", Integer.toUnsignedLong(event.uid()));
        json.writeNumberField("gid", Integer.toUnsignedLong(event.gid()));
        json.writeStringField("comm", shown.comm());
        json.writeStringField("dev", event.major() + ":" + event.minor());
        Json.unsigned(json, "ino", event.ino());
        json.writeNumberField("open_flags", Integer.toUnsignedLong(event.openFlags()));
        json.writeNumberField("count", Integer.toUnsignedLong(event.count()));
        json.writeArrayFieldStart("flags");
        for (String word : EventFlags.words(event.flags())) {
            json.writeString(word);
        }
        json.writeEndArray();
        if (event.isOutstanding()) {
            json.writeBooleanField("outstanding", true);
        }
        if (event.isAccess()) {
            Json.unsigned(json, "deadline_ns", event.deadlineNs());
        }
        if (event.isState() && EventFlags.state(event.flags()) != null) {
            json.writeStringField("state", EventFlags.state(event.flags()));
        }
        path("exe", event.exe());
        path("cgroup", event.cgroup());
        path("path", event.path());
        if (shown.response() != null) {
            json.writeStringField("response", shown.response());
        }
        json.writeEndObject();
        json.writeRaw('\n');
    }

    /** As Instant writes it, which takes longer than all the rest: so the seconds are kept. */
    private String time(long wallNs) {
        long seconds = Math.floorDiv(wallNs, NS_PER_SECOND);
        if (seconds != shownSecond) {
            String text = Instant.ofEpochSecond(seconds).toString();
            shownSecond = seconds;
            shownPrefix = text.substring(0, text.length() - 1);
        }
        String digits = Long.toString(NS_PER_SECOND + Math.floorMod(wallNs, NS_PER_SECOND));
        int end = digits.length();
        while (end > 1 && digits.startsWith("000", end - 3)) {
            end -= 3;
        }
        return end == 1 ? shownPrefix + "Z" : shownPrefix + "." + digits.substring(1, end) + "Z";
    }

    private void path(String key, RawPath path) throws IOException {
        if (path != null) {
            Json.path(json, key, path);
        }
    }

    @Override
    public void flush() throws IOException {
        json.flush();
    }
}
