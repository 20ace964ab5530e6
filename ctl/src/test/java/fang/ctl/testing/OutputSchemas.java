// SPDX-License-Identifier: Apache-2.0
package fang.ctl.testing;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.harrel.jsonschema.Validator;
import dev.harrel.jsonschema.ValidatorFactory;
import dev.harrel.jsonschema.providers.GsonNode;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Holds what fangctl wrote against the schema that it gives away. */
public final class OutputSchemas {
    private static final Validator VALIDATOR =
            new ValidatorFactory().withJsonNodeFactory(new GsonNode.Factory()).createValidator();
    private static final Map<String, URI> SCHEMAS = new HashMap<>();

    private OutputSchemas() {}

    /** Of a document of this name; of errors, if that is all it tells. */
    public static String name(List<String> words, JsonElement document) {
        boolean errors =
                document.isJsonObject() && document.getAsJsonObject().keySet().equals(java.util.Set.of("errors"));
        boolean two = words.size() > 1 && List.of("scope", "rule", "exemption").contains(words.get(0));
        return errors
                ? "errors"
                : words.contains("--watch") ? "stats-watch" : two ? words.get(0) + "-" + words.get(1) : words.get(0);
    }

    /** What is wrong with it for whoever uses the schema as it is: keys that it does not name are let through. */
    public static List<String> complaints(String name, JsonElement document) {
        return complaints(name, document, false);
    }

    /** The same, and keys that the schema does not name are wrong, too. */
    public static List<String> strictComplaints(String name, JsonElement document) {
        return complaints(name, document, true);
    }

    private static synchronized List<String> complaints(String name, JsonElement document, boolean strict) {
        URI schema = SCHEMAS.computeIfAbsent(name + strict, key -> {
            JsonObject root = schema(name);
            root.addProperty("$id", "urn:test:" + name + ":" + strict);
            if (strict) {
                close(root);
            }
            return VALIDATOR.registerSchema(root);
        });
        return VALIDATOR.validate(schema, document).getErrors().stream()
                .map(error -> error.getInstanceLocation() + ": " + error.getError())
                .toList();
    }

    public static JsonObject schema(String name) {
        Tool.Result result = new Tool().run("schema", name);
        if (result.exit() != 0) {
            throw new AssertionError("no schema for " + name + ": " + result.err());
        }
        return JsonParser.parseString(result.out()).getAsJsonObject();
    }

    private static void close(JsonElement node) {
        if (node instanceof JsonArray list) {
            list.forEach(OutputSchemas::close);
        } else if (node instanceof JsonObject object) {
            if (object.has("properties")) {
                object.addProperty("additionalProperties", false);
            }
            object.asMap().values().forEach(OutputSchemas::close);
        }
    }

    /** One, or one a line. */
    public static List<JsonElement> documents(String text, boolean lines) {
        List<JsonElement> documents = new ArrayList<>();
        if (lines) {
            text.lines().forEach(line -> documents.add(new Gson().fromJson(line, JsonElement.class)));
        } else {
            documents.add(JsonParser.parseString(text));
        }
        return documents;
    }
}
