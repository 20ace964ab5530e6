// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What an attribute's value may be, and its two spellings: people's, in profiles and {@code KEY=VALUE}, and the
 * kernel's, in configfs.
 */
public sealed interface ValueType {
    /**
     * The kernel's canonical spelling of what a person wrote.
     *
     * @throws IllegalArgumentException saying what is wrong and what was probably meant
     */
    String parse(String text);

    /** People's spelling of a canonical value. */
    default String format(String canonical) {
        return canonical;
    }

    /** A whole number, decimal, in bounds. */
    record Number(long min, long max) implements ValueType {
        /** Of which every number fits into a long. */
        private static final int DIGITS_MAX = 18;

        @Override
        public String parse(String text) {
            if (!isPlain(text)) {
                String meant = meant(text);
                throw new IllegalArgumentException("\"" + Printable.of(text) + "\" is no decimal number"
                        + (meant == null ? "" : " (did you mean " + meant + "?)"));
            }
            long value = Long.parseLong(text);
            if (value < min || value > max) {
                throw new IllegalArgumentException(text + " is out of bounds (" + min + " to " + max + ")");
            }
            return text;
        }

        /** By hand: the first regular expression costs a start several milliseconds. */
        private static boolean isPlain(String text) {
            int length = text.length();
            if (length == 0 || length > DIGITS_MAX || length > 1 && text.charAt(0) == '0') {
                return false;
            }
            for (int i = 0; i < length; i++) {
                if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                    return false;
                }
            }
            return true;
        }

        /** Without a sign and zeros in front; of zeros alone one stays. */
        private static String meant(String text) {
            int start = text.startsWith("+") ? 1 : 0;
            while (start < text.length() - 1 && text.charAt(start) == '0') {
                start++;
            }
            String bare = text.substring(start);
            return isPlain(bare) ? bare : Durations.sexagesimal(text);
        }
    }

    /** A length of time; canonical in milliseconds. */
    record Duration(long minMillis, long maxMillis) implements ValueType {
        @Override
        public String parse(String text) {
            long millis = Durations.parse(text);
            if (millis < minMillis || millis > maxMillis) {
                throw new IllegalArgumentException(text + " is out of bounds (" + Durations.format(minMillis) + " to "
                        + Durations.format(maxMillis) + ")");
            }
            return Long.toString(millis);
        }

        @Override
        public String format(String canonical) {
            try {
                return canonical.isEmpty() ? "" : Durations.format(Long.parseLong(canonical));
            } catch (NumberFormatException e) {
                return canonical;
            }
        }
    }

    /** true or false; canonical 1 or 0. */
    record Flag() implements ValueType {
        private static final List<String> TRUE =
                List.of("yes", "on", "y", "1", "True", "TRUE", "Yes", "YES", "On", "ON");
        private static final List<String> FALSE =
                List.of("no", "off", "n", "0", "False", "FALSE", "No", "NO", "Off", "OFF");

        @Override
        public String parse(String text) {
            switch (text) {
                case "true":
                    return "1";
                case "false":
                    return "0";
                default:
                    String meant = TRUE.contains(text) ? "true" : FALSE.contains(text) ? "false" : null;
                    throw new IllegalArgumentException("\"" + Printable.of(text) + "\" is neither true nor false"
                            + (meant == null ? "" : " (did you mean " + meant + "?)"));
            }
        }

        @Override
        public String format(String canonical) {
            return canonical.equals("1") ? "true" : canonical.equals("0") ? "false" : canonical;
        }
    }

    /** One of a few words. */
    record Word(List<String> words) implements ValueType {
        @Override
        public String parse(String text) {
            if (!words.contains(text)) {
                throw new IllegalArgumentException("\"" + Printable.of(text) + "\" is none of "
                        + String.join(", ", words) + Suggestions.hint(text, words));
            }
            return text;
        }
    }

    /** Any of a few words; canonical in the table's order with a blank between. */
    record Words(String idea, List<String> words) implements ValueType {
        /** Reads words with commas or blanks between. */
        @Override
        public String parse(String text) {
            List<String> given = new ArrayList<>();
            for (String word : text.split("[, ]+")) {
                if (!word.isEmpty()) {
                    given.add(parseWord(word));
                }
            }
            return canonical(given);
        }

        /** One word alone, for error messages that point at it. */
        public String parseWord(String word) {
            if (!words.contains(word)) {
                throw new IllegalArgumentException("unknown " + idea + " \"" + Printable.of(word) + "\""
                        + (Suggestions.closest(word, words) == null
                                ? " (one of " + String.join(", ", words) + ")"
                                : Suggestions.hint(word, words)));
            }
            return word;
        }

        public String canonical(List<String> given) {
            Set<String> sorted = new LinkedHashSet<>(words);
            sorted.retainAll(given);
            return String.join(" ", sorted);
        }
    }
}
