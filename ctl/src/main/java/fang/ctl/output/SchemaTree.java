// SPDX-License-Identifier: Apache-2.0
package fang.ctl.output;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Pieces of a JSON Schema as maps and lists, and how they are written. */
final class SchemaTree {
    /** A key of an object. */
    record Key(String name, Map<String, Object> schema, boolean required) {}

    private static final String DEFS = "#/$defs/";

    private SchemaTree() {}

    /** A key that is always there. */
    static Key key(String name, Map<String, Object> schema) {
        return new Key(name, schema, true);
    }

    /** A key that may be absent. */
    static Key may(String name, Map<String, Object> schema) {
        return new Key(name, schema, false);
    }

    /** An object with these keys, and perhaps others that came later. */
    static Map<String, Object> object(String text, List<Key> keys) {
        Map<String, Object> properties = new LinkedHashMap<>();
        List<Object> required = new ArrayList<>();
        for (Key key : keys) {
            properties.put(key.name(), key.schema());
            if (key.required()) {
                required.add(key.name());
            }
        }
        Map<String, Object> schema = of(text, "type", "object");
        schema.put("properties", properties);
        if (!required.isEmpty()) {
            schema.put("required", required);
        }
        return schema;
    }

    static Map<String, Object> object(String text, Key... keys) {
        return object(text, List.of(keys));
    }

    static Map<String, Object> listOf(String text, Map<String, Object> items) {
        Map<String, Object> schema = of(text, "type", "array");
        schema.put("items", items);
        return schema;
    }

    static Map<String, Object> reference(String name) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("$ref", DEFS + name);
        return schema;
    }

    static Map<String, Object> text(String text) {
        return of(text, "type", "string");
    }

    static Map<String, Object> pattern(String text, String pattern) {
        Map<String, Object> schema = text(text);
        schema.put("pattern", pattern);
        return schema;
    }

    static Map<String, Object> word(String text, List<String> words) {
        return of(text, "enum", new ArrayList<Object>(words));
    }

    static Map<String, Object> flag(String text) {
        return of(text, "type", "boolean");
    }

    static Map<String, Object> number(String text) {
        Map<String, Object> schema = of(text, "type", "integer");
        schema.put("minimum", 0);
        return schema;
    }

    /** A number that need not be whole. */
    static Map<String, Object> real(String text) {
        Map<String, Object> schema = of(text, "type", "number");
        schema.put("minimum", 0);
        return schema;
    }

    /** A number of 64 bits, which many readers of JSON would round. */
    static Map<String, Object> unsigned(String text) {
        return pattern(text, "^(?:0|[1-9][0-9]{0,19})$");
    }

    /** The same, or null. */
    static Map<String, Object> nullable(Map<String, Object> schema) {
        schema.put("type", List.of(schema.get("type"), "null"));
        return schema;
    }

    static Map<String, Object> of(String text, String key, Object value) {
        Map<String, Object> schema = new LinkedHashMap<>();
        if (!text.isEmpty()) {
            schema.put("description", text);
        }
        schema.put(key, value);
        return schema;
    }

    /** Adds the names of all definitions that the schema needs, directly or not. */
    static void needed(Object schema, Map<String, Map<String, Object>> definitions, Set<String> names) {
        if (schema instanceof Map<?, ?> map) {
            if (map.get("$ref") instanceof String target) {
                String name = target.substring(DEFS.length());
                if (names.add(name)) {
                    needed(definitions.get(name), definitions, names);
                }
            }
            map.values().forEach(value -> needed(value, definitions, names));
        } else if (schema instanceof List<?> list) {
            list.forEach(value -> needed(value, definitions, names));
        }
    }

    static void write(JsonGenerator json, Object node) throws IOException {
        if (node instanceof Map<?, ?> map) {
            json.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                json.writeFieldName(entry.getKey().toString());
                write(json, entry.getValue());
            }
            json.writeEndObject();
        } else if (node instanceof List<?> list) {
            json.writeStartArray();
            for (Object item : list) {
                write(json, item);
            }
            json.writeEndArray();
        } else if (node instanceof Integer number) {
            json.writeNumber(number);
        } else if (node instanceof Boolean flag) {
            json.writeBoolean(flag);
        } else {
            json.writeString(node.toString());
        }
    }
}
