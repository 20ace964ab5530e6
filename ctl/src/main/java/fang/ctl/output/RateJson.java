// SPDX-License-Identifier: Apache-2.0
package fang.ctl.output;

import com.fasterxml.jackson.core.JsonGenerator;
import fang.ctl.model.Counters;
import fang.ctl.model.GroupName;
import fang.ctl.model.Rates;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.List;

/** A line of {@code stats --watch -o jsonl}. */
public final class RateJson {
    private static final int DECIMALS = 3;
    private static final double NS_PER_SECOND = 1e9;

    private RateJson() {}

    public static void write(JsonGenerator json, Instant time, List<Rates> groups, List<GroupName> gone)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("time", time.toString());
        json.writeArrayFieldStart("groups");
        for (Rates rates : groups) {
            group(json, rates);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("gone");
        for (GroupName name : gone) {
            json.writeString(name.text());
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void group(JsonGenerator json, Rates rates) throws IOException {
        Counters now = rates.now();
        json.writeStartObject();
        state(json, rates);
        json.writeFieldName("stats");
        JsonDocuments.stats(json, now.stats(), now.waits());
        rates(json, rates);
        json.writeEndObject();
    }

    /** What is said of each group besides its counters, up to the time that rates are about. */
    static void state(JsonGenerator json, Rates rates) throws IOException {
        Counters now = rates.now();
        json.writeStringField("name", now.group().text());
        json.writeBooleanField("enabled", now.enabled());
        json.writeNumberField("listeners", now.listeners());
        json.writeNumberField("pending", now.pending());
        json.writeBooleanField("degraded", now.degraded());
        json.writeBooleanField("new", rates.isNew());
        json.writeFieldName("seconds");
        number(json, rates.nanos() / NS_PER_SECOND);
    }

    /** How often a second each counter went on. */
    static void rates(JsonGenerator json, Rates rates) throws IOException {
        json.writeObjectFieldStart("rates");
        for (String name : rates.now().stats().keySet()) {
            if (Counters.isCount(name)) {
                json.writeFieldName(name);
                number(json, rates.perSecond(name));
            }
        }
        json.writeEndObject();
    }

    static void number(JsonGenerator json, double value) throws IOException {
        json.writeNumber(BigDecimal.valueOf(value).setScale(DECIMALS, RoundingMode.HALF_UP));
    }
}
