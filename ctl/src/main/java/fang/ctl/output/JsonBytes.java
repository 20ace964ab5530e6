// SPDX-License-Identifier: Apache-2.0
package fang.ctl.output;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * JSON in UTF-8, written by hand into one array that is used again: a listener that falls behind loses events, and a
 * general writer takes several times as long, above all before it is compiled. Escapes what {@link Json} escapes.
 */
final class JsonBytes {
    private static final int INITIAL_BYTES = 1 << 16;
    /** What one byte becomes at most: a backslash, u and four digits. */
    private static final int ESCAPED_MAX = 6;

    private static final byte[] HEX = ascii("0123456789ABCDEF");
    /** By byte: 0 stands for itself, a letter is what follows the backslash, u starts four hex digits. */
    private static final byte[] ESCAPES = escapes();

    private byte[] bytes = new byte[INITIAL_BYTES];
    private int length;

    private static byte[] escapes() {
        byte[] escapes = new byte[128];
        Arrays.fill(escapes, 0, ' ', (byte) 'u');
        escapes['\b'] = 'b';
        escapes['\t'] = 't';
        escapes['\n'] = 'n';
        escapes['\f'] = 'f';
        escapes['\r'] = 'r';
        escapes['"'] = '"';
        escapes['\\'] = '\\';
        return escapes;
    }

    /** The bytes of a constant. */
    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    int length() {
        return length;
    }

    void writeTo(OutputStream out) throws IOException {
        out.write(bytes, 0, length);
        length = 0;
    }

    /** As it is. */
    void raw(byte[] text) {
        reserve(text.length);
        System.arraycopy(text, 0, bytes, length, text.length);
        length += text.length;
    }

    /** One ASCII character as it is. */
    void raw(char c) {
        reserve(1);
        bytes[length++] = (byte) c;
    }

    /** A decimal number. */
    void number(long value) {
        if (value < 0) {
            raw(ascii(Long.toString(value)));
            return;
        }
        int digits = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        digits(value, digits);
    }

    /** A number of 64 bits without a sign. */
    void unsigned(long value) {
        if (value < 0) {
            raw(ascii(Long.toUnsignedString(value)));
        } else {
            number(value);
        }
    }

    /** The last digits of a number of 0 or more, with zeros in front. */
    void digits(long value, int count) {
        reserve(count);
        long rest = value;
        int at = length + count;
        // Half of it in numbers of 32 bits, whose division is much faster.
        while (rest > Integer.MAX_VALUE) {
            bytes[--at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        int small = (int) rest;
        while (at > length) {
            int next = small / 10;
            bytes[--at] = (byte) ('0' + small - next * 10);
            small = next;
        }
        length += count;
    }

    /** A text in quotes. */
    void string(String text) {
        string(text.getBytes(StandardCharsets.UTF_8));
    }

    /** UTF-8 in quotes. */
    void string(byte[] utf8) {
        reserve(2 + ESCAPED_MAX * utf8.length);
        bytes[length++] = '"';
        for (byte b : utf8) {
            if (b < 0 || ESCAPES[b] == 0) {
                bytes[length++] = b;
            } else {
                escape(b);
            }
        }
        bytes[length++] = '"';
    }

    private void escape(byte b) {
        byte escape = ESCAPES[b];
        bytes[length++] = '\\';
        bytes[length++] = escape;
        if (escape == 'u') {
            bytes[length++] = '0';
            bytes[length++] = '0';
            bytes[length++] = HEX[b >> 4];
            bytes[length++] = HEX[b & 0xf];
        }
    }

    /** Bytes as base64, in quotes. */
    void base64(byte[] data) {
        raw('"');
        raw(Base64.getEncoder().encode(data));
        raw('"');
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            grow(more);
        }
    }

    private void grow(int more) {
        bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
}
