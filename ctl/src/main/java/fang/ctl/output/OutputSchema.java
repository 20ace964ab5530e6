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

import com.fasterxml.jackson.core.JsonGenerator;
import fang.ctl.model.EventKind;
import fang.ctl.model.Rule;
import fang.ctl.plan.Action;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What fangctl writes as JSON, as JSON Schema (2020-12): a definition for each command, named as its page is. Keys that are
 * required stay; others may be absent, and new ones may come. Tests hold all that is written against it.
 */
public final class OutputSchema {
    /** The version of all shapes together: a key that goes or changes its meaning makes another. */
    public static final int VERSION = 1;

    private static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";
    private static final String ERRORS = "errors";

    private final Map<String, Map<String, Object>> definitions;
    private final Map<String, Map<String, Object>> documents = new LinkedHashMap<>();

    /**
     * The schema of all documents.
     *
     * @param counters the names of a group's counters
     * @param checks what {@code doctor} looks for
     * @param holes why a group may not protect its files
     */
    public OutputSchema(List<String> counters, List<String> checks, List<String> holes) {
        definitions = OutputPieces.all(counters);
        Map<String, Object> plan = plan();
        documents.put("apply", plan);
        documents.put("check", plan);
        documents.put("diff", plan);
        documents.put("explain", explanation());
        documents.put("show", reference("group"));
        documents.put("list", listOf("All groups by name.", reference("group")));
        documents.put("scope-list", listOf("A group's scopes.", reference("scope")));
        documents.put("rule-list", listOf("Those in force in their order, then others.", reference("rule")));
        documents.put("exemption-list", listOf("A group's exemptions.", reference("exemption")));
        documents.put("listen", event());
        documents.put("pending", listOf("Requests that wait.", request()));
        documents.put("denials", listOf("What was denied, newest last.", denial()));
        documents.put("status", status(holes));
        documents.put("stats", reference("stats"));
        documents.put("stats-watch", rates());
        documents.put("top", top());
        documents.put("doctor", listOf("What was found.", finding(checks)));
        documents.put(ERRORS, object("Why a command failed.", key(ERRORS, reference("problems"))));
    }

    /** The documents' names, in the order of their commands. */
    public static List<String> names() {
        return new ArrayList<>(new OutputSchema(List.of(), List.of(), List.of()).documents.keySet());
    }

    /** All of them, each a definition. */
    public void write(JsonGenerator json) throws IOException {
        Map<String, Object> all = head("", "What fangctl writes as JSON: a definition for each command.");
        Map<String, Object> both = new LinkedHashMap<>(definitions);
        both.putAll(documents);
        all.put("$defs", both);
        SchemaTree.write(json, all);
    }

    /** What one command writes, or a line of it. */
    public void write(JsonGenerator json, String name) throws IOException {
        Map<String, Object> root = head(":" + name, "What fangctl " + name.replace('-', ' ') + " writes as JSON.");
        Map<String, Object> document = documents.get(name);
        root.putAll(document);
        Set<String> needed = new LinkedHashSet<>();
        SchemaTree.needed(document, definitions, needed);
        Map<String, Object> defs = new LinkedHashMap<>(definitions);
        defs.keySet().retainAll(needed);
        if (!defs.isEmpty()) {
            root.put("$defs", defs);
        }
        SchemaTree.write(json, root);
    }

    private static Map<String, Object> head(String suffix, String text) {
        Map<String, Object> head = new LinkedHashMap<>();
        head.put("$schema", DIALECT);
        head.put("$id", "urn:fang:output:" + VERSION + suffix);
        head.put("title", text);
        return head;
    }

    private static Map<String, Object> plan() {
        Map<String, Object> change = object(
                "",
                key("path", text("Such as groups.av.timeout.")),
                key("before", nullable(text("Null if there was nothing."))),
                key("after", nullable(text("Null if there is nothing."))),
                key("gap", flag("Whether events are missed meanwhile.")));
        List<String> actions = new ArrayList<>();
        for (Action action : Action.values()) {
            actions.add(action.word());
        }
        return object(
                "What differs, and what becomes of it.",
                key("changed", flag("Whether this run changed anything.")),
                key(
                        "groups",
                        listOf(
                                "In the order of the profiles.",
                                object(
                                        "",
                                        key("name", text("")),
                                        key("action", word("", actions)),
                                        key("staged", flag("Left disabled for enable --managed.")),
                                        key("changes", listOf("", change))))),
                key("warnings", listOf("For people.", text(""))),
                key(ERRORS, reference("problems")));
    }

    private static Map<String, Object> explanation() {
        Map<String, Object> rule = object(
                "",
                key("index", number("Its place in the profile, from 0.")),
                key("in", word("Who holds it.", List.of("kernel", "serve"))),
                key("matches", word("", List.of("yes", "no", "maybe"))),
                key("rule", text("As it would be typed.")),
                key("why", nullable(text("The condition that does not hold, or may not."))));
        return object(
                "Who decides about an access.",
                key("path", text("")),
                key(
                        "groups",
                        listOf(
                                "In the order in which they are asked.",
                                object(
                                        "",
                                        key("name", text("")),
                                        key("asked", flag("Whether this group is asked at all.")),
                                        key("why", nullable(text("Why it is not asked."))),
                                        key(
                                                "response",
                                                nullable(text("allow, deny, scan, or ask: a listener decides."))),
                                        key("certain", flag("Whether no rule before may match.")),
                                        key("rule", nullable(number("The index of the one that decides."))),
                                        key("reason", nullable(text("Of that rule."))),
                                        key("fastpath", flag("Whether what it allows is remembered.")),
                                        key("survive", flag("And outlives changes.")),
                                        key("rules", listOf("Those that were tried, in order.", rule))))));
    }

    private static Map<String, Object> event() {
        List<String> kinds = new ArrayList<>(EventKind.words());
        kinds.addAll(List.of("overflow", "state"));
        Map<String, Object> kind = new LinkedHashMap<>();
        kind.put("anyOf", List.of(word("", kinds), pattern("Newer than this fangctl.", "^kind-[0-9]+$")));
        return object(
                "A line of listen -o jsonl.",
                key("time", text("RFC 3339, UTC.")),
                key("time_ns", unsigned("CLOCK_BOOTTIME.")),
                key("kind", kind),
                key("id", unsigned("What respond takes.")),
                key("pid", number("Of the thread.")),
                key("tgid", number("Of the process.")),
                key("uid", number("")),
                key("gid", number("")),
                key("comm", text("The process's name; empty if it is gone.")),
                key("dev", pattern("MAJOR:MINOR.", "^[0-9]+:[0-9]+$")),
                key("ino", unsigned("")),
                key("open_flags", number("")),
                key("count", number("Events that this stands for, or that were lost or missed.")),
                key("flags", listOf("", word("", EventFlags.words(-1)))),
                may("outstanding", flag("True: to be cleared.")),
                may("deadline_ns", unsigned("CLOCK_MONOTONIC; of access requests.")),
                may("state", word("Of kind state.", List.of("enabled", "disabled"))),
                may("exe", text("If reported.")),
                OutputPieces.bytes("exe"),
                may("cgroup", text("If reported.")),
                OutputPieces.bytes("cgroup"),
                may("path", text("If reported.")),
                OutputPieces.bytes("path"),
                may("response", word("What listen --respond gave.", List.of("allow", "deny"))));
    }

    private static Map<String, Object> request() {
        return object(
                "",
                key("group", text("Its group.")),
                key("id", unsigned("What respond takes.")),
                key("kind", word("", Rule.KINDS.words())),
                key("pid", number("Who waits.")),
                key("comm", text("Its name; empty if it is gone.")),
                key("age_ms", number("How long.")),
                key("holder", text("The process that has read it, or -.")));
    }

    private static Map<String, Object> denial() {
        return object(
                "",
                key("group", text("Its group.")),
                key("time", text("RFC 3339, UTC.")),
                key("time_ns", unsigned("CLOCK_BOOTTIME.")),
                key("kind", word("", Rule.KINDS.words())),
                key("pid", number("")),
                key("comm", text("The process's name; empty if it is gone.")),
                key("uid", number("")),
                key("reason", text("What settled it, as in fang(4).")),
                key("rule", nullable(text("The rule's name, if one did."))),
                may("path", text("If reported.")),
                OutputPieces.bytes("path"));
    }

    private static Map<String, Object> status(List<String> holes) {
        return object(
                "Whether all that is to be protected is.",
                key("enforce", flag("The module's switch.")),
                key("protected", flag("Whether no group has a hole.")),
                key(
                        "groups",
                        listOf(
                                "",
                                object(
                                        "",
                                        key("name", text("")),
                                        key("state", word("", List.of("enabled", "disabled", "permissive"))),
                                        key("enabled", flag("")),
                                        key("asks", flag("Whether its mask has access kinds.")),
                                        key("listeners", number("")),
                                        key("pending", number("")),
                                        key("degraded", flag("")),
                                        key("permissive", flag("")),
                                        key("unprotected", listOf("Why it protects nothing.", word("", holes)))))));
    }

    /** A group of which each line tells, with what else is told of it. */
    private static Map<String, Object> watched(SchemaTree.Key... more) {
        List<SchemaTree.Key> keys = new ArrayList<>(List.of(
                key("name", text("")),
                key("enabled", flag("")),
                key("listeners", number("")),
                key("pending", number("Requests that wait.")),
                key("degraded", flag("")),
                key("new", flag("Made since the line before: it counts from 0.")),
                key("seconds", real("That the rates are about."))));
        keys.addAll(List.of(more));
        return object("", keys);
    }

    private static Map<String, Object> rates() {
        return object(
                "A line of stats --watch -o jsonl.",
                key("time", text("RFC 3339, UTC.")),
                key(
                        "groups",
                        listOf(
                                "By name.",
                                watched(key("stats", reference("stats")), key("rates", reference("rates"))))),
                key("gone", listOf("Groups of the line before that are no more.", text(""))));
    }

    private static Map<String, Object> top() {
        return object(
                "A line of top -o jsonl.",
                key("time", text("RFC 3339, UTC.")),
                key(
                        "groups",
                        listOf(
                                "By name.",
                                watched(
                                        key("oldest_ms", nullable(number("Null if none waits, or without root."))),
                                        key("rates", reference("rates")),
                                        key(
                                                "below_us",
                                                object(
                                                        "So many percent of the waits that ended were shorter.",
                                                        key("p50", nullable(unsigned("Null if none ended."))),
                                                        key("p90", nullable(unsigned(""))),
                                                        key("p99", nullable(unsigned("")))))))),
                key("gone", listOf("Groups of the line before that are no more.", text(""))),
                key(
                        "processes",
                        listOf(
                                "Busiest first.",
                                object(
                                        "",
                                        key("group", text("That was told or asked.")),
                                        key("pid", nullable(number("Null: several of this name."))),
                                        key("comm", text("Name of the thread.")),
                                        key("per_second", real(""))))),
                key(
                        "files",
                        listOf(
                                "Busiest first.",
                                object(
                                        "",
                                        key("path", text("Lacks its start if it does not begin with a slash.")),
                                        OutputPieces.bytes("path"),
                                        key("per_second", real(""))))),
                key("seen", unsigned("Events that processes and files are the sums of.")),
                key("unseen", unsigned("Events that came too fast.")),
                key("why_unseen", nullable(text("Why processes and files cannot be told."))));
    }

    private static Map<String, Object> finding(List<String> checks) {
        return object(
                "",
                key("check", word("", checks)),
                key("group", nullable(text("Null: the module."))),
                key("message", text("For people.")),
                key("remedy", text("What to try.")));
    }
}
