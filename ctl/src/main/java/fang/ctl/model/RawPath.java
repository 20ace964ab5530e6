// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A path as the kernel knows it: any bytes, not text.
 *
 * <p>Two spellings exist besides the bytes. {@link #escaped} is what configfs reads and shows: blanks, controls and
 * backslashes as {@code \ooo}. {@link #display} is for people and profiles: bytes that are no printable UTF-8, and
 * backslashes, as {@code \ooo}; everything else, blanks too, as it is. {@link #parse} reads both.
 *
 * @param latin1 one character, 0 to 255, for each byte
 */
public record RawPath(String latin1) {
    public static RawPath ofBytes(byte[] bytes) {
        return ofBytes(bytes, 0, bytes.length);
    }

    public static RawPath ofBytes(byte[] bytes, int offset, int length) {
        return new RawPath(new String(bytes, offset, length, StandardCharsets.ISO_8859_1));
    }

    /** The bytes of the text, as of {@link RawText}, nothing unescaped. */
    public static RawPath ofText(String text) {
        return ofBytes(RawText.encode(text));
    }

    /**
     * Undoes {@link #escaped} and {@link #display}.
     *
     * @throws IllegalArgumentException if a backslash is not followed by three octal digits of a byte above 0
     */
    public static RawPath parse(String text) {
        return parse(RawText.encode(text));
    }

    /** As {@link #parse(String)}. */
    public static RawPath parse(byte[] escaped) {
        var latin1 = new StringBuilder(escaped.length);
        for (int i = 0; i < escaped.length; i++) {
            if (escaped[i] != '\\') {
                latin1.append((char) (escaped[i] & 0xff));
                continue;
            }
            int value = octal(escaped, i + 1);
            if (value <= 0) {
                throw new IllegalArgumentException(
                        "a backslash starts three octal digits (a backslash itself is \\134)");
            }
            latin1.append((char) value);
            i += 3;
        }
        return new RawPath(latin1.toString());
    }

    private static int octal(byte[] text, int start) {
        if (start + 3 > text.length) {
            return -1;
        }
        int value = 0;
        for (int i = start; i < start + 3; i++) {
            int digit = text[i] - '0';
            if (digit < 0 || digit > 7) {
                return -1;
            }
            value = value * 8 + digit;
        }
        return value <= 255 ? value : -1;
    }

    public byte[] bytes() {
        return latin1.getBytes(StandardCharsets.ISO_8859_1);
    }

    public boolean isAbsolute() {
        return latin1.startsWith("/");
    }

    /** Whether a byte 0 is in it, which no path can hold. */
    public boolean hasNul() {
        return latin1.indexOf('\0') >= 0;
    }

    /** The path as text, if its bytes are UTF-8. */
    public Optional<String> utf8() {
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes()));
            return Optional.of(text.toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** For configfs: the bytes with blank, controls and backslash as {@code \ooo}. */
    public byte[] escaped() {
        var text = new StringBuilder(latin1.length());
        for (int i = 0; i < latin1.length(); i++) {
            char c = latin1.charAt(i);
            if (c <= ' ' || c == 0x7f || c == '\\') {
                appendOctal(text, c);
            } else {
                text.append(c);
            }
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** For people, terminals and profiles; {@link #parse(String)} gives the path back. */
    public String display() {
        var text = new StringBuilder(latin1.length());
        int i = 0;
        while (i < latin1.length()) {
            int c = latin1.charAt(i);
            if (c >= ' ' && c < 0x7f && c != '\\') {
                text.append((char) c);
                i++;
                continue;
            }
            int length = c < 0x80 ? 0 : sequenceLength(c);
            Optional<String> character = length > 0 && i + length <= latin1.length()
                    ? new RawPath(latin1.substring(i, i + length)).utf8()
                    : Optional.empty();
            if (character.isPresent() && !Printable.isUnsafe(character.get().codePointAt(0))) {
                text.append(character.get());
                i += length;
            } else {
                appendOctal(text, (char) c);
                i++;
            }
        }
        return text.toString();
    }

    /** Of a character of UTF-8 that begins with this byte; 0 if none does. */
    static int sequenceLength(int lead) {
        if (lead >= 0xf0 && lead < 0xf8) {
            return 4;
        }
        if (lead >= 0xe0) {
            return lead < 0xf0 ? 3 : 0;
        }
        return lead >= 0xc2 ? 2 : 0;
    }

    private static void appendOctal(StringBuilder text, char c) {
        text.append('\\')
                .append((char) ('0' + (c >> 6)))
                .append((char) ('0' + (c >> 3 & 7)))
                .append((char) ('0' + (c & 7)));
    }

    /** By hand, as {@link #hashCode}: what the JVM makes for a record costs a start many milliseconds. */
    @Override
    public boolean equals(Object other) {
        return other instanceof RawPath that && latin1.equals(that.latin1);
    }

    @Override
    public int hashCode() {
        return latin1.hashCode();
    }

    @Override
    public String toString() {
        return display();
    }
}
