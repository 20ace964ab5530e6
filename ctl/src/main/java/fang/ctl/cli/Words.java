// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a line into words by a few rules of the shell. Blanks separate words. Between single quotes everything stands for
 * itself; between double quotes, too, but for a backslash before a double quote or a backslash; elsewhere a backslash takes
 * away the meaning of the next character. A word that starts with # begins a comment. Nothing is expanded.
 */
final class Words {
    private final String line;
    private final List<String> words = new ArrayList<>();
    private StringBuilder word;
    private int at;

    private Words(String line) {
        this.line = line;
    }

    /**
     * The line's words; none of a blank line or a comment.
     *
     * @throws IllegalArgumentException if a quote does not end, or a backslash has nothing behind it
     */
    static List<String> of(String line) {
        Words words = new Words(line);
        words.split();
        return words.words;
    }

    private void split() {
        while (at < line.length()) {
            char c = line.charAt(at++);
            if (c == ' ' || c == '\t' || c == '\r') {
                end();
            } else if (c == '#' && word == null) {
                return;
            } else {
                begin();
                take(c);
            }
        }
        end();
    }

    private void begin() {
        if (word == null) {
            word = new StringBuilder();
        }
    }

    private void end() {
        if (word != null) {
            words.add(word.toString());
            word = null;
        }
    }

    private void take(char c) {
        switch (c) {
            case '\'', '"' -> quoted(c);
            case '\\' -> word.append(next("a backslash ends the line"));
            default -> word.append(c);
        }
    }

    private void quoted(char quote) {
        while (true) {
            char c = next("a " + quote + " has no end");
            if (c == quote) {
                return;
            }
            boolean escapes = quote == '"' && c == '\\' && at < line.length() && "\"\\".indexOf(line.charAt(at)) >= 0;
            word.append(escapes ? line.charAt(at++) : c);
        }
    }

    private char next(String otherwise) {
        if (at == line.length()) {
            throw new IllegalArgumentException(otherwise);
        }
        return line.charAt(at++);
    }
}
