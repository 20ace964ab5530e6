// SPDX-License-Identifier: Apache-2.0
package fang.ctl.output;

import static org.assertj.core.api.Assertions.assertThat;

import fang.ctl.model.Event;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
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
}
