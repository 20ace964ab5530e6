// SPDX-License-Identifier: Apache-2.0
package fang.ctl.output;

import static fang.ctl.output.SchemaTree.flag;
import static fang.ctl.output.SchemaTree.key;
import static fang.ctl.output.SchemaTree.listOf;
import static fang.ctl.output.SchemaTree.may;
import static fang.ctl.output.SchemaTree.nullable;
import static fang.ctl.output.SchemaTree.number;
import static fang.ctl.output.SchemaTree.object;
import static fang.ctl.output.SchemaTree.pattern;
import static fang.ctl.output.SchemaTree.real;
import static fang.ctl.output.SchemaTree.reference;
import static fang.ctl.output.SchemaTree.text;
import static fang.ctl.output.SchemaTree.unsigned;
import static fang.ctl.output.SchemaTree.word;

import fang.ctl.model.Attribute;
import fang.ctl.model.ConditionType;
import fang.ctl.model.Counters;
import fang.ctl.model.Rule;
import fang.ctl.model.ScopeType;
import fang.ctl.model.ValueType;
import fang.ctl.output.SchemaTree.Key;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What several documents of {@link OutputSchema} share. */
final class OutputPieces {
    private static final String DURATION = "^[0-9]+(?:ms|s|m|h)$";
    private static final String BASE64 = "^[A-Za-z0-9+/]*={0,2}$";

    private OutputPieces() {}

    static Key bytes(String key) {
        return may(key + "_bytes", pattern("Its bytes in base64, only if they are no UTF-8.", BASE64));
    }

    /** By name, those that others refer to first. */
    static Map<String, Map<String, Object>> all(List<String> counters) {
        Map<String, Map<String, Object>> definitions = new LinkedHashMap<>();
        definitions.put("problems", problems());
        definitions.put("stats", stats(counters));
        definitions.put("rates", rates(counters));
        definitions.put("scope", scope());
        definitions.put("rule", rule());
        definitions.put("exemption", exemption());
        definitions.put("group", group());
        return definitions;
    }

    private static Map<String, Object> problems() {
        return listOf(
                "What went wrong; what does not apply is null.",
                object(
                        "",
                        key("file", nullable(text("The profile."))),
                        key("line", nullable(number("From 1."))),
                        key("column", nullable(number("From 1."))),
                        key("path", nullable(text("The place in the profile, such as groups.av.timeout."))),
                        key("errno", nullable(text("The system's name of the error, such as EEXIST."))),
                        key("message", text("For people."))));
    }

    private static Map<String, Object> stats(List<String> counters) {
        List<Key> stats = new ArrayList<>();
        counters.forEach(counter -> stats.add(may(counter, unsigned(""))));
        stats.add(key(
                "latency_us",
                listOf(
                        "How long settled requests had waited.",
                        object(
                                "",
                                key("below", unsigned("Microseconds; they waited for at least half of that.")),
                                key("count", unsigned("How many."))))));
        return object("Counters; those that a module lacks are absent.", stats);
    }

    private static Map<String, Object> rates(List<String> counters) {
        List<Key> rates = new ArrayList<>();
        for (String counter : counters) {
            if (Counters.isCount(counter)) {
                rates.add(may(counter, real("")));
            }
        }
        return object("How often a second each was counted.", rates);
    }

    private static Map<String, Object> scope() {
        return object(
                "What a group covers.",
                key("name", text("Of its directory in configfs.")),
                may("type", word("Absent while unset.", types())),
                may("path", text("As it was written; absent while unset.")),
                bytes("path"),
                may("resolved", text("Where that led; not of type all.")),
                bytes("resolved"),
                key("enabled", flag("Of type all: that of each file system that it stands for.")),
                key("active", flag("Whether what it names is there. Of type all: of each file system.")),
                may("of_all", flag("True: type all stands for this one, too.")),
                may("file_systems", number("Of type all: how many it stands for.")),
                may("inactive", number("Of type all: how many of them are inactive.")));
    }

    private static List<String> types() {
        List<String> types = new ArrayList<>(ScopeType.words());
        types.add(ScopeType.ALL.word());
        return types;
    }

    private static Map<String, Object> rule() {
        List<Key> rule = new ArrayList<>(List.of(
                key("name", text("Of its directory in configfs.")),
                key("set", number("Only those of the active set are in force.")),
                key("order", number("Lower ones are tried first.")),
                may("respond", word("Absent while unset.", Rule.RESPONSES))));
        for (ConditionType type : ConditionType.lasting()) {
            String words = "A condition; absent if there is none.";
            rule.add(may(type.word(), type.isPath() ? text(words) : number(words)));
            if (type.isPath()) {
                rule.add(bytes(type.word()));
            }
        }
        rule.add(may("kinds", listOf("Empty: all.", word("", Rule.KINDS.words()))));
        rule.add(key("hits", unsigned("Requests that it decided.")));
        rule.addAll(state());
        rule.add(key("in_force", flag("Enabled, and of the active set.")));
        return object("What decides without a listener.", rule);
    }

    private static Map<String, Object> exemption() {
        List<Key> exemption = new ArrayList<>(List.of(
                key("name", text("Of its directory in configfs.")),
                may("type", word("Absent while unset.", ConditionType.words())),
                may(
                        "value",
                        SchemaTree.of("A path, or a number for uid and tgid.", "type", List.of("string", "integer"))),
                bytes("value"),
                key("hits", unsigned("Events and requests that it kept away."))));
        exemption.addAll(state());
        return object("Who or what raises nothing.", exemption);
    }

    private static List<Key> state() {
        return List.of(key("enabled", flag("")), key("active", flag("Whether what it names is there.")));
    }

    private static Map<String, Object> group() {
        List<Key> keys = new ArrayList<>(List.of(
                key("name", text("")),
                key("enabled", flag("Whether it is in force.")),
                key("state", word("", List.of("enabled", "disabled", "permissive"))),
                key("label", text("Whose it is; empty: nobody's."))));
        for (Attribute attribute : Attribute.values()) {
            keys.add(key(attribute.key(), attribute(attribute)));
        }
        keys.addAll(List.of(
                key("scopes", listOf("", reference("scope"))),
                key("exemptions", listOf("", reference("exemption"))),
                key("active_set", number("The set of rules that is in force.")),
                key("rules", listOf("", reference("rule"))),
                key(
                        "fastpath",
                        object(
                                "",
                                key("max", number("How many files it may remember.")),
                                key("count", number("How many it does.")),
                                key("generation", unsigned("How often all were forgotten.")))),
                key("listeners", number("")),
                key("pending", number("Requests that wait.")),
                key("degraded", flag("Whether its listeners did not respond.")),
                key("outstanding", number("Records of writes that are not cleared.")),
                key("queue_count", number("Notifications that are queued and not read.")),
                key("stats", reference("stats"))));
        return object("A group.", keys);
    }

    private static Map<String, Object> attribute(Attribute attribute) {
        String help = AttributeHelp.of(attribute);
        ValueType type = attribute.type();
        if (type instanceof ValueType.Words words) {
            return listOf(help, word("", words.words()));
        } else if (type instanceof ValueType.Word word) {
            return word(help, word.words());
        } else if (type instanceof ValueType.Flag) {
            return flag(help);
        } else if (type instanceof ValueType.Number) {
            return attribute.defaultValue().isEmpty() ? nullable(number(help + " Null while unset.")) : number(help);
        }
        return pattern(help, DURATION);
    }
}
