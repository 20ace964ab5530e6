// SPDX-License-Identifier: Apache-2.0
package fang.ctl.output;

import com.fasterxml.jackson.core.JsonGenerator;
import fang.ctl.model.Explanation;
import fang.ctl.model.Explanation.Step;
import fang.ctl.model.ProfileRule;
import fang.ctl.model.RawPath;
import java.io.IOException;
import java.util.List;

/** What {@code explain -o json} writes. */
public final class JsonExplanation {
    private JsonExplanation() {}

    /** The whole document. */
    public static void write(JsonGenerator out, RawPath path, List<Explanation> explanations) throws IOException {
        out.writeStartObject();
        out.writeStringField("path", path.display());
        out.writeArrayFieldStart("groups");
        for (Explanation explanation : explanations) {
            write(out, explanation);
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private static void write(JsonGenerator out, Explanation explanation) throws IOException {
        ProfileRule rule = explanation.decision().orElse(null);
        out.writeStartObject();
        out.writeStringField("name", explanation.group().text());
        out.writeBooleanField("asked", explanation.asked());
        out.writeStringField("why", explanation.asked() ? null : explanation.why());
        out.writeStringField("response", explanation.asked() ? explanation.response() : null);
        out.writeBooleanField("certain", explanation.doubts().isEmpty());
        if (rule == null) {
            out.writeNullField("rule");
        } else {
            out.writeNumberField("rule", rule.index());
        }
        out.writeStringField("reason", rule == null || rule.reason().isEmpty() ? null : rule.reason());
        out.writeBooleanField("fastpath", rule != null && rule.fastpath());
        out.writeBooleanField("survive", rule != null && rule.survive());
        out.writeArrayFieldStart("rules");
        for (Step step : explanation.steps()) {
            out.writeStartObject();
            out.writeNumberField("index", step.rule().index());
            out.writeStringField("in", step.kernel() ? "kernel" : "serve");
            out.writeStringField("matches", ExplanationText.word(step));
            out.writeStringField("rule", step.rule().toString());
            out.writeStringField("why", step.why().isEmpty() ? null : step.why());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }
}
