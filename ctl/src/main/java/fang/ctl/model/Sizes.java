// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

/** Sizes of files as people write them: bytes, or a whole number of KiB, MiB, GiB or TiB. */
public final class Sizes {
    private static final String[] UNITS = {"TiB", "GiB", "MiB", "KiB"};
    private static final long KIB = 1024;

    /** More than any file has. */
    private static final ValueType.Number NUMBER = new ValueType.Number(0, 999_999_999_999_999L);

    private Sizes() {}

    /**
     * Bytes of {@code 4096}, {@code 100MiB} and their like.
     *
     * @throws IllegalArgumentException with what was probably meant
     */
    public static long parse(String text) {
        int digits = 0;
        while (digits < text.length() && Character.isDigit(text.charAt(digits))) {
            digits++;
        }
        String unit = text.substring(digits);
        if (unit.isEmpty() && digits > 0) {
            return Long.parseLong(NUMBER.parse(text));
        }
        long factor = KIB * KIB * KIB * KIB;
        for (String known : UNITS) {
            if (digits > 0 && unit.equals(known)) {
                return Math.multiplyExact(
                        Long.parseLong(new ValueType.Number(0, 8191).parse(text.substring(0, digits))), factor);
            }
            if (digits > 0 && !unit.isEmpty() && unit.equalsIgnoreCase(known.substring(0, 1))) {
                throw new IllegalArgumentException("\"" + Printable.of(text) + "\" is no size (did you mean "
                        + text.substring(0, digits) + known + "?)");
            }
            factor /= KIB;
        }
        throw new IllegalArgumentException("\"" + Printable.of(text) + "\" is no size (such as 4096, 100KiB, 5MiB)");
    }

    /** The shortest spelling that {@link #parse} reads back to the same. */
    public static String format(long bytes) {
        long factor = KIB * KIB * KIB * KIB;
        for (String unit : UNITS) {
            if (bytes >= factor && bytes % factor == 0 && bytes / factor <= 8191) {
                return bytes / factor + unit;
            }
            factor /= KIB;
        }
        return Long.toString(bytes);
    }
}
