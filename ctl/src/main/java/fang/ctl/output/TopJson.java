// SPDX-License-Identifier: Apache-2.0
package fang.ctl.output;

import com.fasterxml.jackson.core.JsonGenerator;
import fang.ctl.model.Activity;
import fang.ctl.model.GroupName;
import fang.ctl.model.Load;
import fang.ctl.model.Rates;
import java.io.IOException;
import java.time.Instant;

/** A line of {@code top -o jsonl}. */
public final class TopJson {
    private TopJson() {}

    public static void write(JsonGenerator json, Instant time, Load load) throws IOException {
        json.writeStartObject();
        json.writeStringField("time", time.toString());
        json.writeArrayFieldStart("groups");
        for (Load.OfGroup group : load.groups()) {
            group(json, group);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("gone");
        for (GroupName name : load.gone()) {
            json.writeString(name.text());
        }
        json.writeEndArray();
        activity(json, load.activity());
        json.writeEndObject();
    }

    private static void group(JsonGenerator json, Load.OfGroup group) throws IOException {
        Rates rates = group.rates();
        json.writeStartObject();
        RateJson.state(json, rates);
        json.writeFieldName("oldest_ms");
        if (group.oldestMs().isPresent()) {
            json.writeNumber(group.oldestMs().getAsLong());
        } else {
            json.writeNull();
        }
        RateJson.rates(json, rates);
        json.writeObjectFieldStart("below_us");
        for (int percent : new int[] {50, 90, 99}) {
            long limit = Rates.percentile(rates.waits(), percent);
            json.writeFieldName("p" + percent);
            if (limit < 0) {
                json.writeNull();
            } else {
                json.writeString(Long.toUnsignedString(limit));
            }
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void activity(JsonGenerator json, Activity activity) throws IOException {
        json.writeArrayFieldStart("processes");
        int rows = 0;
        for (Activity.Program program : activity.programs()) {
            if (rows++ == TopText.ROWS) {
                break;
            }
            json.writeStartObject();
            json.writeStringField("group", program.group());
            json.writeFieldName("pid");
            if (program.pid() == 0) {
                json.writeNull();
            } else {
                json.writeNumber(program.pid());
            }
            json.writeStringField("comm", program.comm().utf8().orElseGet(program.comm()::display));
            json.writeFieldName("per_second");
            RateJson.number(json, activity.perSecond(program.count()));
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("files");
        rows = 0;
        for (Activity.File file : activity.files()) {
            if (rows++ == TopText.ROWS) {
                break;
            }
            json.writeStartObject();
            Json.path(json, "path", file.path());
            json.writeFieldName("per_second");
            RateJson.number(json, activity.perSecond(file.count()));
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeStringField("seen", Long.toString(activity.seen()));
        json.writeStringField("unseen", Long.toString(activity.lost()));
        json.writeFieldName("why_unseen");
        if (activity.why() == null) {
            json.writeNull();
        } else {
            json.writeString(activity.why());
        }
    }
}
