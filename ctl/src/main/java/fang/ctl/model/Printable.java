// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

/** Text from outside made safe to print: nothing in it can steer a terminal or break a line. */
public final class Printable {
    private Printable() {}

    /** Characters that {@link #isUnsafe} names become {@code \ooo}, octal digits of their UTF-8 bytes. */
    public static String of(String text) {
        int i = 0;
        while (i < text.length() && !isUnsafe(text.charAt(i))) {
            i++;
        }
        return i == text.length() ? text : RawPath.ofBytes(RawText.encode(text)).display();
    }

    /** Control, format (such as right-to-left overrides), line and paragraph separators, lone surrogates. */
    static boolean isUnsafe(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }
}
