// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Text of a command line whose bytes may be no UTF-8. Such bytes, 0x80 to 0xff, stand as the lone surrogates U+DC80 to
 * U+DCFF, which no UTF-8 yields (Python's surrogateescape), so that the bytes come back as they were.
 */
public final class RawText {
    private static final char FIRST = '\udc80';
    private static final char LAST = '\udcff';

    private RawText() {}

    /** The text of these bytes. */
    public static String decode(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return decodeEach(bytes);
        }
    }

    private static String decodeEach(byte[] bytes) {
        var decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        while (true) {
            var result = decoder.decode(in, out, true);
            if (!result.isError()) {
                return out.flip().toString();
            }
            for (int i = 0; i < result.length(); i++) {
                out.put((char) (FIRST + (in.get() & 0x7f)));
            }
        }
    }

    /** The bytes of a text; undoes {@link #decode}. */
    public static byte[] encode(String text) {
        if (!isRaw(text)) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        byte[] bytes = new byte[text.length() * 3];
        int length = 0;
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i < text.length() && !isRaw(text, i)) {
                continue;
            }
            byte[] valid = text.substring(start, i).getBytes(StandardCharsets.UTF_8);
            System.arraycopy(valid, 0, bytes, length, valid.length);
            length += valid.length;
            if (i < text.length()) {
                bytes[length++] = (byte) (text.charAt(i) - FIRST + 0x80);
            }
            start = i + 1;
        }
        return Arrays.copyOf(bytes, length);
    }

    /** Whether bytes that are no UTF-8 are in it. */
    public static boolean isRaw(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isRaw(text, i)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isRaw(String text, int i) {
        char c = text.charAt(i);
        return c >= FIRST && c <= LAST && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
    }
}
