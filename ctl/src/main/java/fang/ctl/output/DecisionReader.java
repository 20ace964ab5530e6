// SPDX-License-Identifier: Apache-2.0
package fang.ctl.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import fang.ctl.model.Response;
import fang.ctl.model.ResponseKind;
import java.io.IOException;

/**
 * Reads decisions, one a line: {@code ID RESPONSE [fastpath]}, or a JSON object with {@code id} (string or number),
 * {@code response} and {@code fastpath} (true or false); its other keys are passed over, so that a line of
 * {@code listen -o jsonl} with a {@code response} added is a decision. {@code clear} is a response, too.
 */
public final class DecisionReader {
    private static final JsonFactory FACTORY = JsonFactory.builder().build();

    private DecisionReader() {}

    /**
     * The decision that the line holds.
     *
     * @throws IllegalArgumentException if it holds none
     */
    public static Response parse(String line) {
        String text = line.trim();
        if (text.startsWith("{")) {
            try {
                return parseJson(text);
            } catch (IOException e) {
                throw new IllegalArgumentException("malformed JSON", e);
            }
        }
        String[] words = text.split("[ \t]+");
        boolean fastpath = words.length == 3 && words[2].equals("fastpath");
        if (words.length != 2 && !fastpath) {
            throw new IllegalArgumentException("not of the form ID RESPONSE [fastpath]");
        }
        return new Response(Response.parseId(words[0]), ResponseKind.ofWord(words[1]), fastpath);
    }

    private static Response parseJson(String text) throws IOException {
        String id = null;
        String response = null;
        boolean fastpath = false;
        try (JsonParser json = FACTORY.createParser(text)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String key = json.currentName();
                json.nextToken();
                switch (key) {
                    case "id" -> id = json.getText();
                    case "response" -> response = json.getText();
                    case "fastpath" -> fastpath = json.currentToken() == JsonToken.VALUE_TRUE;
                    default -> json.skipChildren();
                }
            }
        }
        if (id == null || response == null) {
            throw new IllegalArgumentException((id == null ? "id" : "response") + " is missing");
        }
        return new Response(Response.parseId(id), ResponseKind.ofWord(response), fastpath);
    }
}
