// SPDX-License-Identifier: Apache-2.0
package fang.ctl.output;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonGenerator;
import fang.ctl.model.Event;
import fang.ctl.model.RawPath;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class EventJsonTest {
    private record Shown(Event event, String comm, long wallNs, String response) implements EventFormat.Shown {}

    @Test
    void timesAreWrittenAsInstantWritesThem() throws IOException {
        var event = new Event(1, 1, 2, 0, -1, 1, 1, 0, 0, 0x801, 1, 0, 2, 1, null, null, null, null);
        for (long ns : new long[] {0, 1, 1000, 1_000_000, 999_999_999, 1_000_000_000, 1_795_400_000_123_456_000L, -1}) {
            var out = new ByteArrayOutputStream();
            var json = new EventJson(out);
            json.write(new Shown(event, "", ns, null));
            json.flush();
            String time = Instant.ofEpochSecond(Math.floorDiv(ns, 1_000_000_000L), Math.floorMod(ns, 1_000_000_000L))
                    .toString();
            assertThat(out.toString(StandardCharsets.UTF_8)).contains("\"time\":\"" + time + "\"");
        }
    }

    private static String line(Event event, String comm, String response) throws IOException {
        var out = new ByteArrayOutputStream();
        var json = new EventJson(out);
        json.write(new Shown(event, comm, 1, response));
        json.flush();
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    private static String byJackson(Json.Body body) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var json = Json.generator(out)) {
            // Else it escapes characters above U+FFFF, which means the same.
            json.enable(JsonGenerator.Feature.COMBINE_UNICODE_SURROGATES_IN_UTF8);
            json.writeStartObject();
            body.write(json);
            json.writeEndObject();
        }
        String text = out.toString(StandardCharsets.ISO_8859_1);
        return text.substring(1, text.length() - 1);
    }

    private static Event event(long number, RawPath path) {
        int half = (int) number;
        return new Event(
                number,
                number,
                3,
                half & 0x5f,
                -1,
                half,
                half,
                half,
                half,
                number,
                number,
                half,
                half,
                number,
                path,
                null,
                path,
                path);
    }

    @Property
    void anyBytesAreWrittenAsJacksonWritesThem(@ForAll @Size(max = 40) byte[] bytes) throws IOException {
        RawPath path = RawPath.ofBytes(bytes);
        String comm = new String(bytes, StandardCharsets.UTF_8);
        String line = line(event(1, path), comm, "allow");
        assertThat(line)
                .contains(byJackson(json -> json.writeStringField("comm", comm)))
                .contains(byJackson(json -> Json.path(json, "exe", path)) + ",\"cgroup\"")
                .contains(byJackson(json -> Json.path(json, "cgroup", path)) + ",\"path\"")
                .endsWith(byJackson(json -> Json.path(json, "path", path)) + ",\"response\":\"allow\"}\n");
    }

    @Property
    void anyTextIsWrittenAsJacksonWritesIt(@ForAll String text) throws IOException {
        RawPath path = RawPath.ofBytes(text.getBytes(StandardCharsets.UTF_8));
        assertThat(line(event(1, path), "", null)).endsWith(byJackson(json -> Json.path(json, "path", path)) + "}\n");
    }

    @Property
    void anyNumberIsWrittenAsJacksonWritesIt(@ForAll long number) throws IOException {
        Event event = event(number, null);
        String wanted = byJackson(json -> {
            Json.unsigned(json, "time_ns", number);
            json.writeStringField("kind", "close_write");
            Json.unsigned(json, "id", number);
            json.writeNumberField("pid", (int) number);
            json.writeNumberField("tgid", (int) number);
            json.writeNumberField("uid", Integer.toUnsignedLong((int) number));
            json.writeNumberField("gid", Integer.toUnsignedLong((int) number));
            json.writeStringField("comm", "x");
            json.writeStringField("dev", event.major() + ":" + event.minor());
            Json.unsigned(json, "ino", number);
            json.writeNumberField("open_flags", Integer.toUnsignedLong((int) number));
            json.writeNumberField("count", Integer.toUnsignedLong((int) number));
            json.writeArrayFieldStart("flags");
            for (String word : EventFlags.words(event.flags())) {
                json.writeString(word);
            }
            json.writeEndArray();
            if (event.isOutstanding()) {
                json.writeBooleanField("outstanding", true);
            }
        });
        assertThat(line(event, "x", null)).endsWith("Z\"," + wanted + "}\n");
    }

    @Test
    void linesAreKeptUntilTheEndOfABatchUnlessTheyAreMany() throws IOException {
        var out = new ByteArrayOutputStream();
        var json = new EventJson(out);
        var one = new Shown(event(1, RawPath.ofBytes(new byte[4000])), "x", 1, null);
        json.write(one);
        assertThat(out.size()).isZero();
        for (int i = 1; i < 200; i++) {
            json.write(one);
        }
        assertThat(out.size()).isPositive();
        json.flush();
        assertThat(out.toString(StandardCharsets.UTF_8).lines().distinct()).hasSize(1);
        assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(200);
    }
}
