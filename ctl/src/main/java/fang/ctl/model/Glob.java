// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A pattern of absolute paths: {@code *} and {@code ?} stay within a name, {@code **} does not, {@code [a-z]} and
 * {@code [!a-z]} are one character, <code>{a,b}</code> either; <code>/&#42;&#42;/</code> is also a single slash. Text
 * without any of these is one path, in which {@code \ooo} is a byte.
 *
 * <p>Paths come from whoever makes files. So time grows with the product of both lengths and no faster: all places in the
 * pattern where a match may stand are followed at once.
 */
public final class Glob {
    private static final String WILDCARDS = "*?[{";

    /** What braces may multiply to. */
    private static final int ALTERNATIVES_MAX = 64;

    /** A byte that is no UTF-8 is this and its value, which no character is. */
    private static final int NO_CHARACTER = 0x110000;

    // Elements of a pattern; what is not negative is a character.
    private static final int STAR = -1;
    private static final int STARS = -2;
    /** As STARS, or nothing at all together with the slash behind it. */
    private static final int FOLDERS = -3;

    private static final int ANY = -4;
    /** The first of the sets of characters. */
    private static final int SET = -5;

    private final String text;
    private final List<int[]> alternatives = new ArrayList<>();
    /** Each: 1 if the others are meant, then pairs of first and last. */
    private final List<int[]> sets = new ArrayList<>();

    /**
     * Compiles it.
     *
     * @throws IllegalArgumentException if it is none
     */
    public Glob(String text) {
        this.text = text;
        if (wildcard(text) == text.length()) {
            alternatives.add(characters(RawPath.parse(text)));
            return;
        }
        if (text.indexOf('\\') >= 0) {
            // To others who match patterns a backslash means something else; a ? stands for any one character.
            throw new IllegalArgumentException(
                    "a pattern takes no \\ooo; write ? for a character that cannot be typed");
        }
        for (String alternative : expand(text)) {
            alternatives.add(compile(alternative));
        }
    }

    /** Where the first wildcard stands; the length if there is none. */
    public static int wildcard(String text) {
        int at = 0;
        while (at < text.length() && WILDCARDS.indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return at;
    }

    /** As it was written. */
    public String text() {
        return text;
    }

    /** Whether the whole path matches. */
    public boolean matches(RawPath path) {
        int[] characters = characters(path);
        for (int[] alternative : alternatives) {
            if (matches(alternative, characters)) {
                return true;
            }
        }
        return false;
    }

    private static List<String> expand(String text) {
        List<String> done = List.of("");
        int at = 0;
        while (at < text.length()) {
            int open = text.indexOf('{', at);
            int set = text.indexOf('[', at);
            if (set >= 0 && (open < 0 || set < open)) {
                // A brace in there is a character like others.
                int end = text.indexOf(']', set + 1);
                end = end < 0 ? text.length() : end + 1;
                done = append(done, List.of(text.substring(at, end)));
                at = end;
                continue;
            }
            int end = open < 0 ? text.length() : open;
            done = append(done, List.of(text.substring(at, end)));
            at = end;
            if (open >= 0) {
                int close = text.indexOf('}', open);
                if (close < 0) {
                    throw new IllegalArgumentException("is no glob: a { has no }");
                }
                String inner = text.substring(open + 1, close);
                if (inner.indexOf('{') >= 0) {
                    throw new IllegalArgumentException("is no glob: braces within braces");
                }
                done = append(done, Arrays.asList(inner.split(",", -1)));
                at = close + 1;
            }
        }
        return done;
    }

    private static List<String> append(List<String> starts, List<String> ends) {
        if (starts.size() * ends.size() > ALTERNATIVES_MAX) {
            throw new IllegalArgumentException("its braces make more than " + ALTERNATIVES_MAX + " patterns");
        }
        List<String> all = new ArrayList<>();
        for (String start : starts) {
            for (String end : ends) {
                all.add(start + end);
            }
        }
        return all;
    }

    private int[] compile(String alternative) {
        int[] in = alternative.codePoints().toArray();
        int[] out = new int[in.length];
        int length = 0;
        for (int i = 0; i < in.length; i++) {
            int element = in[i];
            if (element == '*') {
                int from = i;
                while (i + 1 < in.length && in[i + 1] == '*') {
                    i++;
                }
                boolean folders = i > from && from > 0 && in[from - 1] == '/' && i + 1 < in.length && in[i + 1] == '/';
                element = folders ? FOLDERS : i > from ? STARS : STAR;
            } else if (element == '?') {
                element = ANY;
            } else if (element == '[') {
                i = set(in, i + 1);
                element = SET - sets.size() + 1;
            }
            out[length++] = element;
        }
        return Arrays.copyOf(out, length);
    }

    /** Reads one and gives the place of its end. */
    private int set(int[] in, int start) {
        int end = start;
        while (end < in.length && in[end] != ']') {
            end++;
        }
        boolean others = start < end && (in[start] == '!' || in[start] == '^');
        int at = others ? start + 1 : start;
        if (end == in.length || at == end) {
            throw new IllegalArgumentException("is no glob: a [ has no ] with characters before it");
        }
        int[] set = new int[1 + 2 * (end - at)];
        set[0] = others ? 1 : 0;
        int length = 1;
        while (at < end) {
            boolean range = at + 2 < end && in[at + 1] == '-';
            int last = range ? in[at + 2] : in[at];
            if (in[at] == '/' || last == '/' || last < in[at]) {
                throw new IllegalArgumentException("is no glob: what stands in [] is no range of characters but /");
            }
            set[length++] = in[at];
            set[length++] = last;
            at += range ? 3 : 1;
        }
        sets.add(Arrays.copyOf(set, length));
        return end;
    }

    private boolean matches(int[] pattern, int[] path) {
        int at = 0;
        while (at < pattern.length && pattern[at] >= 0) {
            if (at == path.length || path[at] != pattern[at]) {
                return false;
            }
            at++;
        }
        int start = at;
        boolean[] now = new boolean[pattern.length + 2];
        boolean[] next = new boolean[pattern.length + 2];
        now[start] = true;
        for (int i = start; i < path.length; i++) {
            if (!step(pattern, start, now, next, path[i])) {
                return false;
            }
            boolean[] swap = now;
            now = next;
            next = swap;
            Arrays.fill(next, false);
        }
        skip(pattern, start, now);
        return now[pattern.length];
    }

    /** Places that are reached without a character. */
    private static void skip(int[] pattern, int start, boolean[] now) {
        for (int i = start; i < pattern.length; i++) {
            if (now[i] && pattern[i] <= STAR && pattern[i] >= FOLDERS) {
                now[i + 1] = true;
                now[i + 2] |= pattern[i] == FOLDERS;
            }
        }
    }

    private boolean step(int[] pattern, int start, boolean[] now, boolean[] next, int c) {
        skip(pattern, start, now);
        boolean any = false;
        for (int i = start; i < pattern.length; i++) {
            if (!now[i]) {
                continue;
            }
            int element = pattern[i];
            boolean stays = element == STARS || element == FOLDERS || element == STAR && c != '/';
            boolean goes = element >= 0
                    ? element == c
                    : element == ANY ? c != '/' : element <= SET && isIn(sets.get(SET - element), c);
            next[i] |= stays;
            next[i + 1] |= goes;
            any |= stays || goes;
        }
        return any;
    }

    private static boolean isIn(int[] set, int c) {
        boolean in = false;
        for (int i = 1; i < set.length; i += 2) {
            in |= c >= set[i] && c <= set[i + 1];
        }
        return c != '/' && in != (set[0] == 1);
    }

    private static int[] characters(RawPath path) {
        String latin1 = path.latin1();
        int[] characters = new int[latin1.length()];
        int length = 0;
        for (int i = 0; i < latin1.length(); i++) {
            int c = latin1.charAt(i);
            int bytes = c < 0x80 ? 1 : RawPath.sequenceLength(c);
            if (bytes > 1 && i + bytes <= latin1.length()) {
                var text = new RawPath(latin1.substring(i, i + bytes)).utf8();
                if (text.isPresent()) {
                    characters[length++] = text.get().codePointAt(0);
                    i += bytes - 1;
                    continue;
                }
            }
            characters[length++] = c < 0x80 ? c : NO_CHARACTER + c;
        }
        return Arrays.copyOf(characters, length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Glob that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
