// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.math.BigInteger;

/** Lengths of time as people write them: a whole number and its unit, one of ms, s, m, h. */
public final class Durations {
    private static final String[] UNITS = {"h", "m", "s", "ms"};
    private static final long[] MILLIS = {3_600_000, 60_000, 1_000, 1};

    private Durations() {}

    /**
     * Milliseconds of {@code 5s}, {@code 500ms}, {@code 2m} or {@code 1h}.
     *
     * @throws IllegalArgumentException with what was probably meant
     */
    public static long parse(String text) {
        int digits = 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
            digits++;
        }
        String quoted = "\"" + Printable.of(text) + "\"";
        String unit = text.substring(digits);
        if (digits > 0 && unit.isEmpty()) {
            throw new IllegalArgumentException(quoted + " has no unit (did you mean " + text + "s?)");
        }
        for (int i = 0; digits > 0 && i < UNITS.length; i++) {
            if (unit.equals(UNITS[i])) {
                BigInteger millis = new BigInteger(text.substring(0, digits)).multiply(BigInteger.valueOf(MILLIS[i]));
                return millis.bitLength() < Long.SIZE ? millis.longValue() : Long.MAX_VALUE;
            }
        }
        String sexagesimal = sexagesimal(text);
        throw new IllegalArgumentException(quoted + " is no duration"
                + (sexagesimal == null ? " (such as 500ms, 5s, 2m)" : " (did you mean " + sexagesimal + "s?)"));
    }

    /** What YAML 1.1 takes {@code 1:30} for: 90. Null for everything else. */
    static String sexagesimal(String text) {
        int colon = text.indexOf(':');
        if (!text.matches("[0-9]{1,9}:[0-5]?[0-9]")) {
            return null;
        }
        return Long.toString(Long.parseLong(text.substring(0, colon)) * 60 + Long.parseLong(text.substring(colon + 1)));
    }

    /** The shortest spelling that {@link #parse} reads back to the same. */
    public static String format(long millis) {
        for (int i = 0; i < UNITS.length; i++) {
            if (millis >= MILLIS[i] && millis % MILLIS[i] == 0) {
                return millis / MILLIS[i] + UNITS[i];
            }
        }
        return millis + "ms";
    }
}
