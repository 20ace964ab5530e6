// SPDX-License-Identifier: Apache-2.0
package fang.ctl.output;

import com.fasterxml.jackson.core.JsonGenerator;
import fang.ctl.model.Attribute;
import fang.ctl.model.Condition;
import fang.ctl.model.Denial;
import fang.ctl.model.ExemptionState;
import fang.ctl.model.Group;
import fang.ctl.model.Rule;
import fang.ctl.model.RuleSet;
import fang.ctl.model.RuleState;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;

/** The shapes of {@code -o json} for rules, exemptions, and what comes of them. */
public final class JsonRules {
    private JsonRules() {}

    /** {@code rule list}: those of the active set in their order, then those of others. */
    public static void rules(JsonGenerator json, RuleSet rules) throws IOException {
        json.writeStartArray();
        for (RuleState state : rules.ofActiveSet()) {
            rule(json, state, true);
        }
        for (RuleState state : rules.ofOtherSets()) {
            rule(json, state, false);
        }
        json.writeEndArray();
    }

    private static void rule(JsonGenerator json, RuleState state, boolean inActiveSet) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", state.name());
        json.writeNumberField("set", state.set());
        json.writeNumberField("order", state.order());
        if (state.rule().isPresent()) {
            Rule rule = state.rule().get();
            json.writeStringField("respond", rule.respond());
            for (Condition condition : rule.conditions()) {
                value(json, condition.type().word(), condition);
            }
            json.writeArrayFieldStart("kinds");
            for (String kind :
                    rule.kinds().isEmpty() ? new String[0] : rule.kinds().split(" ")) {
                json.writeString(kind);
            }
            json.writeEndArray();
        }
        Json.unsigned(json, "hits", state.hits());
        json.writeBooleanField("enabled", state.enabled());
        json.writeBooleanField("active", state.active());
        json.writeBooleanField("in_force", inActiveSet && state.enabled());
        json.writeEndObject();
    }

    private static void value(JsonGenerator json, String key, Condition condition) throws IOException {
        if (condition.type().isPath()) {
            Json.path(json, key, condition.value());
        } else {
            json.writeNumberField(key, Long.parseLong(condition.value().latin1()));
        }
    }

    /** {@code exemption list}. */
    public static void exemptions(JsonGenerator json, List<ExemptionState> exemptions) throws IOException {
        json.writeStartArray();
        for (ExemptionState state : exemptions) {
            json.writeStartObject();
            json.writeStringField("name", state.name());
            if (state.condition().isPresent()) {
                json.writeStringField("type", state.condition().get().type().word());
                value(json, "value", state.condition().get());
            }
            Json.unsigned(json, "hits", state.hits());
            json.writeBooleanField("enabled", state.enabled());
            json.writeBooleanField("active", state.active());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** An item of {@code denials}. */
    public static void denial(JsonGenerator json, Denial denial, Instant time, String comm) throws IOException {
        json.writeStartObject();
        json.writeStringField("group", denial.group().text());
        json.writeStringField("time", time.toString());
        Json.unsigned(json, "time_ns", denial.timeNs());
        json.writeStringField("kind", denial.kind());
        json.writeNumberField("pid", denial.pid());
        json.writeStringField("comm", comm);
        json.writeNumberField("uid", denial.uid());
        json.writeStringField("reason", denial.reason());
        Json.nullable(json, "rule", denial.rule());
        if (denial.path() != null) {
            Json.path(json, "path", denial.path());
        }
        json.writeEndObject();
    }

    /** {@code status}. */
    public static void status(
            JsonGenerator json, List<Group> groups, boolean enforced, Function<Group, List<String>> holes)
            throws IOException {
        json.writeStartObject();
        json.writeBooleanField("enforce", enforced);
        json.writeBooleanField(
                "protected",
                groups.stream().allMatch(group -> holes.apply(group).isEmpty()));
        json.writeArrayFieldStart("groups");
        for (Group group : groups) {
            json.writeStartObject();
            json.writeStringField("name", group.name().text());
            json.writeStringField("state", group.state());
            json.writeBooleanField("enabled", group.enabled());
            json.writeBooleanField("asks", group.asks());
            json.writeNumberField("listeners", group.listeners());
            json.writeNumberField("pending", group.pending());
            json.writeBooleanField("degraded", group.degraded());
            json.writeBooleanField("permissive", group.get(Attribute.PERMISSIVE).equals("1"));
            json.writeArrayFieldStart("unprotected");
            for (String hole : holes.apply(group)) {
                json.writeString(hole);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
