// SPDX-License-Identifier: Apache-2.0
package fang.ctl.profile;

import fang.ctl.model.Position;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads what most profiles are written in, and declines all else: block and flow collections of plain words and of quoted
 * texts without escapes, comments; printable ASCII. It finds no errors. What it declines, errors too, is for the parser
 * of {@link YamlTree}; what it reads, that would read alike. So the parser, which takes a third of a start, is loaded only
 * for those who need it. Loops and no lambdas, as in {@link NodeReader}.
 */
final class SimpleYaml {
    /** More is for the parser, which has its own bounds. */
    private static final int WORD_MAX = 1024;

    private static final int END = -1;

    /** Which characters may stand in a plain word, and which begin one; a blank may stand in it, but does not end it. */
    private static final boolean[] IN_WORD = new boolean[128];

    private static final boolean[] BEGINS_WORD = new boolean[128];

    static {
        for (int c = ' '; c < 127; c++) {
            BEGINS_WORD[c] =
                    c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '/' || c == '_';
            IN_WORD[c] = ":#,[]{}".indexOf(c) < 0;
        }
    }

    private static final class Declined extends RuntimeException {
        private static final long serialVersionUID = 1;

        Declined() {
            super(null, null, false, false);
        }
    }

    private final String file;
    private final byte[] text;
    private final int nodesMax;
    private int at;
    private int line = 1;
    private int lineStart;
    private int nodes;

    /** @param nodesMax as {@link #nodes()}; more is declined */
    SimpleYaml(String file, byte[] text, int nodesMax) {
        this.file = file;
        this.text = text;
        this.nodesMax = nodesMax;
    }

    /** How many keys, values, lists and mappings there are in what was read. */
    int nodes() {
        return nodes;
    }

    /** The document's root; empty if it is declined. */
    Optional<YamlNode> read() {
        try {
            toContent();
            YamlNode root = mapping(0);
            want(at == text.length && column() <= YamlTree.LINE_MAX);
            return Optional.of(root);
        } catch (Declined e) {
            return Optional.empty();
        }
    }

    // In blocks: each piece begins at its first character and ends at that of the next line with content.

    private YamlNode mapping(int depth) {
        int indent = column();
        Position position = node(depth);
        Map<String, YamlNode> entries = new LinkedHashMap<>();
        Map<String, Position> keys = new LinkedHashMap<>();
        do {
            Position place = node(depth + 1);
            String key = key();
            want(keys.put(key, place) == null);
            entries.put(key, value(indent, depth + 1));
        } while (isAt(indent));
        return new YamlNode.Mapping(position, entries, keys);
    }

    private YamlNode sequence(int depth) {
        int indent = column();
        Position position = node(depth);
        List<YamlNode> items = new ArrayList<>();
        do {
            at++;
            want(skipBlanks() > 0);
            items.add(isKey() ? mapping(depth + 1) : restOfLine(indent, depth + 1));
        } while (isAt(indent) && isItem());
        return new YamlNode.Sequence(position, items);
    }

    /** What follows a key and its colon. */
    private YamlNode value(int indent, int depth) {
        int colon = at;
        int blanks = skipBlanks();
        if (peek() != '\n' && peek() != '#') {
            want(blanks > 0);
            return restOfLine(indent, depth);
        }
        at = colon;
        endLine();
        want(at < text.length);
        if (isItem() && column() >= indent) {
            return sequence(depth);
        }
        want(column() > indent);
        return mapping(depth);
    }

    private YamlNode restOfLine(int indent, int depth) {
        YamlNode node = inner(indent, depth);
        endLine();
        return node;
    }

    /** Is there more of a collection that is indented so? What is indented more is nobody's: there reading ends early. */
    private boolean isAt(int indent) {
        return at < text.length && column() == indent;
    }

    private boolean isItem() {
        return peek() == '-' && at + 1 < text.length && text[at + 1] == ' ';
    }

    /** A mapping in the line of a dash? */
    private boolean isKey() {
        int end = keyEnd();
        return end > at && end < text.length && text[end] == ':';
    }

    // On a line, and in braces and brackets, which may go over many.

    private YamlNode inner(int indent, int depth) {
        return switch (peek()) {
            case '[' -> flowSequence(indent, depth);
            case '{' -> flowMapping(indent, depth);
            case '"', '\'' -> quoted(depth);
            default -> word(depth);
        };
    }

    private YamlNode flowSequence(int indent, int depth) {
        Position position = node(depth);
        List<YamlNode> items = new ArrayList<>();
        at++;
        skipSpace(indent);
        if (peek() != ']') {
            items.add(flowItem(indent, depth));
            while (peek() == ',') {
                at++;
                skipSpace(indent);
                items.add(flowItem(indent, depth));
            }
            want(peek() == ']');
        }
        at++;
        return new YamlNode.Sequence(position, items);
    }

    private YamlNode flowItem(int indent, int depth) {
        YamlNode item = inner(indent, depth + 1);
        skipSpace(indent);
        return item;
    }

    private YamlNode flowMapping(int indent, int depth) {
        Position position = node(depth);
        Map<String, YamlNode> entries = new LinkedHashMap<>();
        Map<String, Position> keys = new LinkedHashMap<>();
        at++;
        skipSpace(indent);
        if (peek() != '}') {
            flowEntry(indent, depth, entries, keys);
            while (peek() == ',') {
                at++;
                skipSpace(indent);
                flowEntry(indent, depth, entries, keys);
            }
            want(peek() == '}');
        }
        at++;
        return new YamlNode.Mapping(position, entries, keys);
    }

    private void flowEntry(int indent, int depth, Map<String, YamlNode> entries, Map<String, Position> keys) {
        Position place = node(depth + 1);
        String key = key();
        want(keys.put(key, place) == null && (peek() == ' ' || peek() == '\n'));
        skipSpace(indent);
        entries.put(key, flowItem(indent, depth));
    }

    private YamlNode quoted(int depth) {
        Position position = node(depth);
        byte quote = text[at];
        int start = ++at;
        while (peek() != quote) {
            want(peek() >= ' ' && peek() < 127 && peek() != '\\' && at - start < WORD_MAX);
            at++;
        }
        at++;
        return new YamlNode.Scalar(position, string(start, at - 1), false);
    }

    private YamlNode word(int depth) {
        Position position = node(depth);
        int start = at;
        int end = at;
        want(at < text.length && text[at] > 0 && BEGINS_WORD[text[at]]);
        while (at < text.length && text[at] > 0 && IN_WORD[text[at]]) {
            if (text[at++] != ' ') {
                end = at;
            }
        }
        want(end - start <= WORD_MAX);
        at = end;
        return new YamlNode.Scalar(position, string(start, end), true);
    }

    // Pieces.

    /** And its colon. */
    private String key() {
        int start = at;
        at = keyEnd();
        want(at > start && at - start <= YamlTree.KEY_MAX && peek() == ':');
        return string(start, at++);
    }

    private int keyEnd() {
        int end = at;
        while (end < text.length && text[end] > 0 && (BEGINS_WORD[text[end]] || text[end] == '-' && end > at)) {
            end++;
        }
        return end;
    }

    private int skipBlanks() {
        int start = at;
        while (peek() == ' ') {
            at++;
        }
        return at - start;
    }

    /** Within braces and brackets: to what comes next, which is indented more than what they stand in. */
    private void skipSpace(int indent) {
        skipBlanks();
        while (peek() == '\n') {
            newLine();
            skipBlanks();
            want(peek() == '\n' || column() > indent);
        }
    }

    /** The rest of the line is a comment or nothing. To what stands after it. */
    private void endLine() {
        int blanks = skipBlanks();
        want(peek() == '\n' || peek() == END || peek() == '#' && blanks > 0);
        toContent();
    }

    private void toContent() {
        skipBlanks();
        while (peek() == '\n' || peek() == '#') {
            while (peek() != '\n') {
                if (at == text.length) {
                    return;
                }
                want(peek() >= ' ' && peek() < 127);
                at++;
            }
            newLine();
            skipBlanks();
        }
    }

    private void newLine() {
        want(at - lineStart <= YamlTree.LINE_MAX);
        line++;
        lineStart = ++at;
    }

    private int peek() {
        return at < text.length ? text[at] : END;
    }

    private int column() {
        return at - lineStart;
    }

    /** One begins here. */
    private Position node(int depth) {
        want(++nodes <= nodesMax && depth <= YamlTree.DEPTH_MAX);
        return new Position(file, line, column() + 1);
    }

    private String string(int start, int end) {
        return new String(text, start, end - start, StandardCharsets.ISO_8859_1);
    }

    private static void want(boolean isSimple) {
        if (!isSimple) {
            throw new Declined();
        }
    }
}
