// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import fang.ctl.testing.OutputSchemas;
import fang.ctl.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The published shapes of what fangctl writes, and what the golden cases wrote. */
class OutputSchemaTest {
    private static final Path GOLDEN = Path.of("src/test/golden");
    private static final Path FILE = Path.of("../profiles/fang-output.schema.json");

    /** A document and the name of its shape. */
    private record Document(String name, JsonElement json) {}

    private static List<Document> documents() throws IOException {
        List<Document> documents = new ArrayList<>();
        try (var cases = Files.list(GOLDEN)) {
            for (Path dir : cases.sorted().toList()) {
                add(Files.readString(dir.resolve("transcript")), documents);
            }
        }
        return documents;
    }

    private static void add(String transcript, List<Document> documents) {
        for (String part : transcript.split("(?m)^\\$ fangctl ")) {
            String command = part.lines().findFirst().orElse("");
            if (command.contains("json") && !command.startsWith("batch")) {
                var text = new StringBuilder();
                part.lines()
                        .skip(1)
                        .takeWhile(line -> !line.matches("! .*|# .*|\\[[0-9]+\\]"))
                        .forEach(line -> text.append(line).append('\n'));
                for (JsonElement json : text.isEmpty()
                        ? List.<JsonElement>of()
                        : OutputSchemas.documents(text.toString(), command.contains("jsonl"))) {
                    documents.add(new Document(OutputSchemas.name(Arrays.asList(command.split(" ")), json), json));
                }
            }
        }
    }

    @Test
    void theFileIsWhatTheToolSays() throws IOException {
        String schema = new Tool().run("schema", "output").out();
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(FILE, schema);
        }
        assertThat(Files.readString(FILE)).isEqualTo(schema);
    }

    @Test
    void everyDocumentOfAGoldenCaseFits() throws IOException {
        for (Document document : documents()) {
            assertThat(OutputSchemas.strictComplaints(document.name(), document.json()))
                    .as(document.toString())
                    .isEmpty();
        }
    }

    @Test
    void everyShapeHasAGoldenCaseAndEveryKeyIsSeen() throws IOException {
        Map<String, Set<String>> seen = new LinkedHashMap<>();
        for (Document document : documents()) {
            collect(document.json(), seen.computeIfAbsent(document.name(), name -> new HashSet<>()));
        }
        JsonObject all = OutputSchemas.schema("output").getAsJsonObject("$defs");
        List<String> unseen = new ArrayList<>();
        for (String name : fang.ctl.output.OutputSchema.names()) {
            Set<String> keys = new TreeSet<>();
            declared(all.get(name), all, keys);
            keys.removeAll(seen.getOrDefault(name, Set.of()));
            if (name.equals("check") || name.equals("diff")) {
                // Where there are any, they are all that is written.
                keys.removeAll(seen.get("errors"));
            }
            keys.forEach(key -> unseen.add(name + " " + key));
        }
        assertThat(unseen).as("keys that no golden case shows").isEmpty();
    }

    /** Counters apart: there are as many as the module has. */
    private static void declared(JsonElement node, JsonObject all, Set<String> keys) {
        if (node instanceof JsonObject schema) {
            if (schema.has("$ref")) {
                String name = schema.get("$ref").getAsString().replace("#/$defs/", "");
                declared(Set.of("stats", "rates").contains(name) ? new JsonObject() : all.get(name), all, keys);
            } else if (schema.has("properties")) {
                keys.addAll(schema.getAsJsonObject("properties").keySet());
            }
            schema.asMap().values().forEach(value -> declared(value, all, keys));
        } else if (node instanceof JsonArray list) {
            list.forEach(value -> declared(value, all, keys));
        }
    }

    private static void collect(JsonElement node, Set<String> keys) {
        if (node instanceof JsonObject object) {
            keys.addAll(object.keySet());
            object.asMap().values().forEach(value -> collect(value, keys));
        } else if (node instanceof JsonArray list) {
            list.forEach(value -> collect(value, keys));
        }
    }

    /** Of the keys that are there only at times, such as a rule's conditions, nobody can tell why they are not. */
    private static final Set<String> OPTIONAL = Set.of(
            "type",
            "path",
            "path_bytes",
            "resolved",
            "resolved_bytes",
            "of_all",
            "file_systems",
            "inactive",
            "respond",
            "subtree",
            "subtree_bytes",
            "exe",
            "exe_bytes",
            "uid",
            "cgroup",
            "cgroup_bytes",
            "kinds",
            "value",
            "value_bytes",
            "outstanding",
            "deadline_ns",
            "state",
            "response");

    @Test
    void aKeyThatGoesOrGetsAnotherNameOrTypeIsSeen() throws IOException {
        int tried = 0;
        for (Document document : documents()) {
            List<JsonObject> objects = new ArrayList<>();
            objects(document.json(), objects);
            for (JsonObject object : objects) {
                boolean counters = object.has("latency_us") || object.has("asked");
                for (String key : List.copyOf(object.keySet())) {
                    JsonElement value = object.remove(key);
                    String what = document.name() + " " + key;
                    if (!OPTIONAL.contains(key) && !(counters && !key.equals("latency_us"))) {
                        assertThat(OutputSchemas.complaints(document.name(), document.json()))
                                .as(what + " removed")
                                .isNotEmpty();
                    }
                    object.add(key + "_", value);
                    assertThat(OutputSchemas.strictComplaints(document.name(), document.json()))
                            .as(what + " renamed")
                            .isNotEmpty();
                    object.remove(key + "_");
                    object.add(key, value.isJsonPrimitive() ? new JsonArray() : new JsonPrimitive("x"));
                    boolean text = value.isJsonNull();
                    if (!text) {
                        assertThat(OutputSchemas.complaints(document.name(), document.json()))
                                .as(what + " of another type")
                                .isNotEmpty();
                    }
                    object.add(key, value);
                    tried++;
                }
            }
            assertThat(OutputSchemas.strictComplaints(document.name(), document.json()))
                    .isEmpty();
        }
        assertThat(tried).isGreaterThan(500);
    }

    private static void objects(JsonElement node, List<JsonObject> objects) {
        if (node instanceof JsonObject object) {
            objects.add(object);
            object.asMap().values().forEach(value -> objects(value, objects));
        } else if (node instanceof JsonArray list) {
            list.forEach(value -> objects(value, objects));
        }
    }

    @Test
    void thePageNamesEveryKey() throws IOException {
        String page = Files.readString(Path.of("../man/fangctl.8"));
        String output = page.substring(page.indexOf(".Sh OUTPUT"), page.indexOf(".Sh ENVIRONMENT"));
        Set<String> words = new HashSet<>(Arrays.asList(output.split("[^a-z_0-9-]+")));
        JsonObject all = OutputSchemas.schema("output").getAsJsonObject("$defs");
        Set<String> keys = new TreeSet<>();
        for (String name : fang.ctl.output.OutputSchema.names()) {
            declared(all.get(name), all, keys);
        }
        keys.removeIf(key -> key.endsWith("_bytes") || fang.ctl.model.Attribute.ofKey(key) != null);
        keys.removeAll(words);
        assertThat(keys).as("keys that fangctl(8) does not name").isEmpty();
    }
}
