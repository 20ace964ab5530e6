// SPDX-License-Identifier: Apache-2.0
package fang.ctl.output;

import com.fasterxml.jackson.core.JsonGenerator;
import fang.ctl.model.Attribute;
import fang.ctl.model.ConditionType;
import fang.ctl.model.GroupName;
import fang.ctl.model.GroupSpec;
import fang.ctl.model.Profile;
import fang.ctl.model.Rule;
import fang.ctl.model.ScopeType;
import fang.ctl.model.ServeConditions;
import fang.ctl.model.ServeSpec.Scanner;
import fang.ctl.model.ValueType;
import java.io.IOException;
import java.util.List;

/**
 * The shape of profiles as JSON Schema (2020-12), for editors and other checkers: made of the same tables as the reader. What
 * a schema cannot say (bounds of durations, users, priorities that two groups share), {@code check} does.
 */
public final class ProfileSchema {
    private static final String PATH = "^/(?:[^\\\\\\u0000]|\\\\(?!000)[0-3][0-7]{2})*$";
    private static final String DURATION = "^[0-9]+(?:ms|s|m|h)$";
    private static final String SIZE = "^[0-9]+(?:[KMGT]iB)?$";
    private static final String USER = "^[^\\u0000-\\u0020\\u007f:]{1,256}$";

    private final JsonGenerator json;

    private ProfileSchema(JsonGenerator json) {
        this.json = json;
    }

    /** The whole document. */
    public static void write(JsonGenerator json) throws IOException {
        new ProfileSchema(json).document();
    }

    private interface Body {
        void write() throws IOException;
    }

    private void object(String key, Body body) throws IOException {
        json.writeObjectFieldStart(key);
        body.write();
        json.writeEndObject();
    }

    private void document() throws IOException {
        json.writeStartObject();
        json.writeStringField("$schema", "https://json-schema.org/draft/2020-12/schema");
        json.writeStringField("$id", "urn:fang:profile:" + Profile.VERSION);
        json.writeStringField("title", "Fang profile");
        describe("How groups of listeners shall be; see fang-profile(5).");
        closed(() -> {
            object("version", () -> {
                describe("The version of this language.");
                json.writeNumberField("const", Profile.VERSION);
            });
            object("groups", () -> {
                describe("Groups by name.");
                json.writeStringField("type", "object");
                object("propertyNames", () -> json.writeStringField("pattern", GroupName.PATTERN));
                object("additionalProperties", () -> reference("group"));
            });
        });
        words("required", List.of("version", "groups"));
        object("$defs", this::definitions);
        json.writeEndObject();
    }

    private void definitions() throws IOException {
        object("group", this::group);
        object("path", () -> {
            describe("An absolute path; a backslash and three octal digits stand for one byte.");
            json.writeStringField("type", "string");
            json.writeStringField("pattern", PATH);
            json.writeNumberField("maxLength", 4 * 4095);
        });
        object("user", () -> {
            describe("A user, by name or number.");
            words("type", List.of("integer", "string"));
            json.writeNumberField("minimum", 0);
            json.writeNumberField("maximum", 4_294_967_294L);
            json.writeStringField("pattern", USER);
        });
        object("size", () -> {
            describe("Bytes, or a number of KiB, MiB, GiB or TiB.");
            words("type", List.of("integer", "string"));
            json.writeNumberField("minimum", 0);
            json.writeStringField("pattern", SIZE);
        });
        object("scope", this::scope);
        object("exemption", () -> {
            describe("Who or what raises nothing in this group.");
            closed(() -> conditions());
            one();
        });
        object("rule", this::rule);
    }

    private void group() throws IOException {
        closed(() -> {
            object("enabled", () -> flag("Whether the group is in force.", true));
            for (Attribute attribute : Attribute.values()) {
                object(attribute.key(), () -> attribute(attribute));
            }
            object("scopes", () -> listOf("What the group covers.", () -> reference("scope")));
            object("exemptions", () -> listOf("Who or what raises nothing.", () -> reference("exemption")));
            object("rules", () -> listOf("The first that matches decides.", () -> reference("rule")));
            object("fastpath", this::fastpath);
            object("scanner", this::scanner);
        });
        json.writeArrayFieldStart("allOf");
        json.writeStartObject();
        object("if", () -> {
            object("properties", () -> object("enabled", () -> json.writeBooleanField("const", false)));
            words("required", List.of("enabled"));
        });
        object("else", () -> words("required", List.of("priority", "mask")));
        json.writeEndObject();
        json.writeStartObject();
        object("if", () -> {
            object(
                    "properties",
                    () -> object("rules", () -> {
                        json.writeStringField("type", "array");
                        object("contains", () -> {
                            object("properties", () -> object("respond", () -> json.writeStringField("const", "scan")));
                            words("required", List.of("respond"));
                        });
                    }));
            words("required", List.of("rules"));
        });
        object("then", () -> words("required", List.of("scanner")));
        json.writeEndObject();
        json.writeEndArray();
    }

    private void attribute(Attribute attribute) throws IOException {
        ValueType type = attribute.type();
        if (type instanceof ValueType.Flag) {
            flag(AttributeHelp.of(attribute), attribute.defaultValue().equals("1"));
            return;
        } else if (type instanceof ValueType.Words words) {
            listOf(AttributeHelp.of(attribute), () -> words("enum", words.words()));
            if (attribute == Attribute.MASK) {
                json.writeNumberField("minItems", 1);
            }
            return;
        }
        describe(AttributeHelp.of(attribute));
        value(type);
        if (!attribute.defaultValue().isEmpty()) {
            if (type instanceof ValueType.Number) {
                json.writeNumberField("default", Long.parseLong(attribute.defaultValue()));
            } else {
                json.writeStringField("default", type.format(attribute.defaultValue()));
            }
        }
    }

    private void value(ValueType type) throws IOException {
        if (type instanceof ValueType.Number number) {
            json.writeStringField("type", "integer");
            json.writeNumberField("minimum", number.min());
            json.writeNumberField("maximum", number.max());
        } else if (type instanceof ValueType.Word word) {
            words("enum", word.words());
        } else {
            json.writeStringField("type", "string");
            json.writeStringField("pattern", DURATION);
        }
    }

    private void scope() throws IOException {
        describe("A part of the file tree, or all of it.");
        object("if", () -> json.writeStringField("type", "string"));
        object("then", () -> json.writeStringField("const", ScopeType.ALL.word()));
        object("else", () -> {
            closed(() -> {
                for (String word : ScopeType.words()) {
                    object(word, () -> reference("path"));
                }
            });
            one();
        });
    }

    private void conditions() throws IOException {
        for (ConditionType type : ConditionType.lasting()) {
            object(type.word(), () -> reference(type.isPath() ? "path" : "user"));
        }
    }

    private void rule() throws IOException {
        describe("Conditions, all of which must hold, and what is responded then.");
        closed(() -> {
            conditions();
            object(
                    "kinds",
                    () -> listOf(
                            "For requests of these kinds; absent: of all.", () -> words("enum", Rule.KINDS.words())));
            object("path", () -> {
                describe("A glob that the path must match. Only serve can hold such a rule.");
                json.writeStringField("$ref", "#/$defs/path");
            });
            object("gid", () -> reference("user"));
            object("comm", () -> {
                describe("The thread's name. Only serve can hold such a rule, as with all below.");
                words("type", List.of("string", "number", "boolean"));
                json.writeNumberField("minLength", 1);
                json.writeNumberField("maxLength", ServeConditions.COMM_BYTES_MAX);
            });
            object("owner", () -> reference("user"));
            object("size_min", () -> reference("size"));
            object("size_max", () -> reference("size"));
            object("respond", () -> {
                describe("scan lets the scanner decide, which only serve can do.");
                words("enum", Rule.RESPONSES_OF_PROFILES);
            });
            object("fastpath", () -> {
                describe("Whether files that this allows, or finds clean, are remembered; as a rule those that"
                        + " are scanned. Only serve can do that.");
                json.writeStringField("type", "boolean");
            });
            object("survive", () -> flag("Whether that outlives changes of the file.", false));
            object("reason", () -> {
                describe("A remark; the rule's name is made of it.");
                words("type", List.of("string", "number", "boolean"));
            });
        });
        words("required", List.of("respond"));
        object("if", () -> {
            object("properties", () -> object("respond", () -> words("enum", List.of("deny", "ask"))));
            words("required", List.of("respond"));
        });
        object(
                "then",
                () -> object("properties", () -> object("fastpath", () -> json.writeBooleanField("const", false))));
    }

    private void fastpath() throws IOException {
        describe("Files that the group remembers as allowed.");
        closed(() -> {
            object("max", () -> {
                describe("How many there may be.");
                value(GroupSpec.FASTPATH_MAX);
                json.writeNumberField("default", GroupSpec.FASTPATH_MAX_DEFAULT);
            });
            object(
                    "preload",
                    () -> listOf("Paths and globs to remember when the profile is applied.", () -> reference("path")));
        });
    }

    private void scanner() throws IOException {
        describe("Who decides what rules leave to it, while serve runs.");
        closed(() -> {
            object("clamd", () -> {
                describe("clamd's socket.");
                json.writeStringField("$ref", "#/$defs/path");
            });
            object("command", () -> {
                describe("A program and its words; the file is descriptor 3, exit code 0 allows, 1 denies.");
                words("type", List.of("array", "string"));
                json.writeNumberField("minItems", 1);
                object("items", () -> words("type", List.of("string", "number", "boolean")));
                json.writeArrayFieldStart("prefixItems");
                json.writeStartObject();
                json.writeStringField("$ref", "#/$defs/path");
                json.writeEndObject();
                json.writeEndArray();
                json.writeStringField("pattern", PATH);
            });
            object("workers", () -> {
                value(Scanner.WORKERS);
                json.writeNumberField("default", Long.parseLong(Scanner.WORKERS_DEFAULT));
            });
            object("timeout", () -> {
                describe("How long one scan may take.");
                value(Scanner.TIMEOUT);
                json.writeStringField("default", Scanner.TIMEOUT.format(Scanner.TIMEOUT_DEFAULT));
            });
            object("on_error", () -> {
                value(Scanner.ON_ERROR);
                json.writeStringField("default", Scanner.ON_ERROR_DEFAULT);
            });
        });
        oneOf("clamd", "command");
    }

    private void describe(String text) throws IOException {
        json.writeStringField("description", text);
    }

    private void reference(String name) throws IOException {
        json.writeStringField("$ref", "#/$defs/" + name);
    }

    private void flag(String text, boolean otherwise) throws IOException {
        describe(text);
        json.writeStringField("type", "boolean");
        json.writeBooleanField("default", otherwise);
    }

    /** A list without repetitions, or the one value that stands for a list of one. */
    private void listOf(String text, Body item) throws IOException {
        describe(text);
        object("if", () -> json.writeStringField("type", "array"));
        object("then", () -> {
            object("items", item);
        });
        object("else", item);
    }

    /** A mapping of these keys and no others. */
    private void closed(Body properties) throws IOException {
        json.writeStringField("type", "object");
        object("properties", properties);
        json.writeBooleanField("additionalProperties", false);
    }

    /** Exactly one of these keys. */
    private void oneOf(String... keys) throws IOException {
        json.writeArrayFieldStart("oneOf");
        for (String key : keys) {
            json.writeStartObject();
            words("required", List.of(key));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void one() throws IOException {
        json.writeNumberField("minProperties", 1);
        json.writeNumberField("maxProperties", 1);
    }

    private void words(String key, List<String> words) throws IOException {
        json.writeArrayFieldStart(key);
        for (String word : words) {
            json.writeString(word);
        }
        json.writeEndArray();
    }
}
