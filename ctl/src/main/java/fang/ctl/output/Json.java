// SPDX-License-Identifier: Apache-2.0
package fang.ctl.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import fang.ctl.model.RawPath;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/** JSON documents. Keys are stable; numbers of 64 bits are strings, because many readers round them. */
public final class Json {
    private static final JsonFactory FACTORY = JsonFactory.builder().build();

    private static final Separators SEPARATORS = Separators.createDefaultInstance()
            .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
            .withObjectEmptySeparator("")
            .withArrayEmptySeparator("");

    /** Writes the content of a document. */
    public interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    private Json() {}

    /** One document and a newline; the stream stays open. */
    public static void write(OutputStream out, Body body) throws IOException {
        try (JsonGenerator json = generator(out)) {
            json.setPrettyPrinter(new DefaultPrettyPrinter(SEPARATORS));
            body.write(json);
            json.writeRaw('\n');
        }
    }

    /** One document on a line of its own, in a single write: whoever reads gets it whole. */
    public static void writeLine(OutputStream out, Body body) throws IOException {
        var line = new ByteArrayOutputStream();
        try (JsonGenerator json = generator(line)) {
            body.write(json);
            json.writeRaw('\n');
        }
        out.write(line.toByteArray());
    }

    /** For streams of documents; closing it leaves the stream open. */
    static JsonGenerator generator(OutputStream out) throws IOException {
        return FACTORY.createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    }

    static void unsigned(JsonGenerator json, String key, long value) throws IOException {
        json.writeStringField(key, Long.toUnsignedString(value));
    }

    static void nullable(JsonGenerator json, String key, Object value) throws IOException {
        if (value == null) {
            json.writeNullField(key);
        } else if (value instanceof Integer number) {
            json.writeNumberField(key, number);
        } else {
            json.writeStringField(key, value.toString());
        }
    }

    /** A path as text and, only if its bytes are not UTF-8, as base64 in {@code KEY_bytes}; the text then escapes them. */
    static void path(JsonGenerator json, String key, RawPath path) throws IOException {
        Optional<String> text = path.utf8();
        json.writeStringField(key, text.orElseGet(path::display));
        if (text.isEmpty()) {
            json.writeBinaryField(key + "_bytes", path.bytes());
        }
    }
}
