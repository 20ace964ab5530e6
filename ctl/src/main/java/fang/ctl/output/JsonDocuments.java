// SPDX-License-Identifier: Apache-2.0
package fang.ctl.output;

import com.fasterxml.jackson.core.JsonGenerator;
import fang.ctl.model.AccessRequest;
import fang.ctl.model.Attribute;
import fang.ctl.model.Change;
import fang.ctl.model.Finding;
import fang.ctl.model.Group;
import fang.ctl.model.Problem;
import fang.ctl.model.ScopeState;
import fang.ctl.model.ScopeType;
import fang.ctl.model.Scopes;
import fang.ctl.model.ValueType;
import fang.ctl.model.Waits;
import fang.ctl.plan.GroupPlan;
import fang.ctl.plan.Plan;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The shapes of {@code -o json}. */
public final class JsonDocuments {
    private JsonDocuments() {}

    /** {@code show}, and an item of {@code list}: attributes under their profile keys, then what the kernel adds. */
    public static void group(JsonGenerator json, Group group) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", group.name().text());
        json.writeBooleanField("enabled", group.enabled());
        json.writeStringField("state", group.state());
        json.writeStringField("label", group.label());
        for (Attribute attribute : Attribute.values()) {
            if (group.attributes().containsKey(attribute)) {
                attribute(json, attribute, group.get(attribute));
            }
        }
        json.writeFieldName("scopes");
        scopes(json, group.scopes());
        json.writeFieldName("exemptions");
        JsonRules.exemptions(json, group.exemptions());
        json.writeNumberField("active_set", group.rules().active());
        json.writeFieldName("rules");
        JsonRules.rules(json, group.rules());
        json.writeObjectFieldStart("fastpath");
        json.writeNumberField("max", group.fastpath().max());
        json.writeNumberField("count", group.fastpath().count());
        json.writeStringField("generation", group.fastpath().generation());
        json.writeEndObject();
        json.writeNumberField("listeners", group.listeners());
        json.writeNumberField("pending", group.pending());
        json.writeBooleanField("degraded", group.degraded());
        json.writeNumberField("outstanding", group.outstanding());
        json.writeNumberField("queue_count", group.queueCount());
        json.writeFieldName("stats");
        stats(json, group.stats(), group.waits());
        json.writeEndObject();
    }

    private static void attribute(JsonGenerator json, Attribute attribute, String value) throws IOException {
        json.writeFieldName(attribute.key());
        if (attribute.type() instanceof ValueType.Words) {
            json.writeStartArray();
            for (String word : value.isEmpty() ? new String[0] : value.split(" ")) {
                json.writeString(word);
            }
            json.writeEndArray();
        } else if (value.isEmpty()) {
            json.writeNull();
        } else if (attribute.type() instanceof ValueType.Number) {
            json.writeNumber(value);
        } else if (attribute.type() instanceof ValueType.Flag) {
            json.writeBoolean(value.equals("1"));
        } else {
            json.writeString(attribute.type().format(value));
        }
    }

    /** {@code scope list}. */
    public static void scopes(JsonGenerator json, Scopes scopes) throws IOException {
        json.writeStartArray();
        for (ScopeState state : scopes.states()) {
            json.writeStartObject();
            json.writeStringField("name", state.name());
            if (state.isAll()) {
                all(json, scopes);
                continue;
            }
            if (state.scope().isPresent()) {
                json.writeStringField("type", state.scope().get().type().word());
                Json.path(json, "path", state.scope().get().path());
            }
            Json.path(json, "resolved", state.resolved());
            json.writeBooleanField("enabled", state.enabled());
            json.writeBooleanField("active", state.active());
            if (state.isOfAll()) {
                json.writeBooleanField("of_all", true);
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** The rest of the object that stands for all; it is as enabled and active as the scopes that it stands for. */
    private static void all(JsonGenerator json, Scopes scopes) throws IOException {
        List<ScopeState> states = scopes.ofAll();
        json.writeStringField("type", ScopeType.ALL.word());
        json.writeBooleanField("enabled", !states.isEmpty() && states.stream().allMatch(ScopeState::enabled));
        json.writeBooleanField("active", !states.isEmpty() && states.stream().allMatch(ScopeState::active));
        json.writeNumberField("file_systems", states.size());
        json.writeNumberField(
                "inactive", states.stream().filter(state -> !state.active()).count());
        json.writeEndObject();
    }

    /** {@code stats}: every counter a string; the histogram a list. */
    public static void stats(JsonGenerator json, Map<String, Long> stats, List<Waits> histogram) throws IOException {
        json.writeStartObject();
        for (var entry : stats.entrySet()) {
            Json.unsigned(json, entry.getKey(), entry.getValue());
        }
        json.writeArrayFieldStart("latency_us");
        for (Waits waits : histogram) {
            json.writeStartObject();
            Json.unsigned(json, "below", waits.limitUs());
            Json.unsigned(json, "count", waits.count());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /** An item of {@code pending}. */
    public static void request(JsonGenerator json, AccessRequest request, String comm) throws IOException {
        json.writeStartObject();
        json.writeStringField("group", request.group().text());
        Json.unsigned(json, "id", request.id());
        json.writeStringField("kind", request.kind());
        json.writeNumberField("pid", request.pid());
        json.writeStringField("comm", comm);
        json.writeNumberField("age_ms", request.ageMillis());
        json.writeStringField("holder", request.holder());
        json.writeEndObject();
    }

    /** {@code doctor}. */
    public static void findings(JsonGenerator json, List<Finding> findings) throws IOException {
        json.writeStartArray();
        for (Finding finding : findings) {
            json.writeStartObject();
            json.writeStringField("check", finding.check());
            Json.nullable(json, "group", finding.group());
            json.writeStringField("message", finding.message());
            json.writeStringField("remedy", finding.remedy());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /**
     * {@code apply} and {@code diff}.
     *
     * @param plan null if it did not come to one
     */
    public static void plan(JsonGenerator json, Plan plan, boolean changed, List<String> warnings, List<Problem> errors)
            throws IOException {
        json.writeStartObject();
        json.writeBooleanField("changed", changed);
        json.writeArrayFieldStart("groups");
        for (GroupPlan group : plan == null ? List.<GroupPlan>of() : plan.groups()) {
            json.writeStartObject();
            json.writeStringField("name", group.name().text());
            json.writeStringField("action", group.action().word());
            json.writeBooleanField("staged", group.staged());
            json.writeArrayFieldStart("changes");
            for (Change change : group.changes()) {
                json.writeStartObject();
                json.writeStringField("path", change.path());
                Json.nullable(json, "before", change.before());
                Json.nullable(json, "after", change.after());
                json.writeBooleanField("gap", change.gap());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("warnings");
        for (String warning : warnings) {
            json.writeString(warning);
        }
        json.writeEndArray();
        json.writeFieldName("errors");
        problems(json, errors);
        json.writeEndObject();
    }

    /** Any command's errors: {@code {"errors": [...]}}. */
    public static void errors(JsonGenerator json, List<Problem> errors) throws IOException {
        json.writeStartObject();
        json.writeFieldName("errors");
        problems(json, errors);
        json.writeEndObject();
    }

    private static void problems(JsonGenerator json, List<Problem> problems) throws IOException {
        json.writeStartArray();
        for (Problem problem : problems) {
            var position = problem.position();
            json.writeStartObject();
            Json.nullable(json, "file", position == null ? null : position.file());
            Json.nullable(json, "line", position == null ? null : (Integer) position.line());
            Json.nullable(json, "column", position == null ? null : (Integer) position.column());
            Json.nullable(json, "path", problem.path());
            Json.nullable(json, "errno", problem.errno());
            json.writeStringField("message", problem.message());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
