// SPDX-License-Identifier: Apache-2.0
package fang.ctl.output;

/**
 * What text output is to fit.
 *
 * @param columns of the terminal; no line of a table is longer
 * @param colour whether it may be painted
 */
public record Layout(int columns, boolean colour) {
    /** A file, a pipe, or whatever else is no terminal: all is shown in full. */
    public static final Layout PLAIN = new Layout(Integer.MAX_VALUE, false);

    private static final String END = "\u001b[m";

    /** What somebody should look at. */
    String alarm(String text) {
        return colour ? "\u001b[1;31m" + text + END : text;
    }

    /** A row of titles. */
    String title(String text) {
        return colour ? "\u001b[7m" + text + END : text;
    }

    /** A difference, painted as diff and git paint it. */
    public String diff(String text) {
        if (!colour) {
            return text;
        }
        var painted = new StringBuilder();
        text.lines().forEach(line -> {
            boolean head = line.startsWith("+++") || line.startsWith("---");
            String paint = head
                    ? "\u001b[1m"
                    : line.startsWith("+")
                            ? "\u001b[32m"
                            : line.startsWith("-") ? "\u001b[31m" : line.startsWith("@@") ? "\u001b[36m" : "";
            painted.append(paint).append(line).append(paint.isEmpty() ? "\n" : END + "\n");
        });
        return painted.toString();
    }
}
