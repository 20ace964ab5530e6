// SPDX-License-Identifier: Apache-2.0
package fang.ctl.output;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows of cells in columns that are as wide as their widest cell, two blanks between, none at the end. On a terminal that is
 * narrower no row wraps: the widest columns that may be are shortened, then titles, and at last the ends of rows.
 */
public final class Table {
    /** How a column's cells may be shortened. */
    public enum Fit {
        /** Not at all: numbers and states. */
        WHOLE,
        /** The end is left out: lists of words. */
        END,
        /** What is between is left out: names and paths. */
        MIDDLE
    }

    /** A cell of the last column that begins so is painted. */
    static final String ALARM = "NO: ";

    private static final int GAP = 2;
    private static final int COMFORTABLE = 12;
    private static final int LEAST = 6;
    private static final int LEAST_TITLE = 3;

    private final List<Fit> fits = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();
    private final boolean titled;

    private Table(boolean titled) {
        this.titled = titled;
    }

    /** With a row of titles. */
    public static Table titled(Object... titlesAndFits) {
        Table table = new Table(true);
        List<String> titles = new ArrayList<>();
        for (int i = 0; i < titlesAndFits.length; i += 2) {
            titles.add((String) titlesAndFits[i]);
            table.fits.add((Fit) titlesAndFits[i + 1]);
        }
        table.rows.add(titles);
        return table;
    }

    /** Without titles. */
    public static Table of(Fit... fits) {
        Table table = new Table(false);
        table.fits.addAll(List.of(fits));
        return table;
    }

    public void row(String... cells) {
        rows.add(List.of(cells));
    }

    /** All rows, each with a newline. */
    public String text(Layout layout) {
        int[] widths = widths(rows);
        shorten(widths, layout.columns());
        var text = new StringBuilder();
        for (List<String> row : rows) {
            append(text, row, widths, layout);
        }
        return text.toString();
    }

    private int[] widths(List<List<String>> of) {
        int[] widths = new int[fits.size()];
        for (List<String> row : of) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], TextWidth.of(row.get(i)));
            }
        }
        return widths;
    }

    private void shorten(int[] widths, int columns) {
        long excess = -(long) columns - GAP;
        for (int width : widths) {
            excess += width + GAP;
        }
        if (excess <= 0) {
            return;
        }
        int[] cells = widths(titled ? rows.subList(1, rows.size()) : rows);
        excess = shrink(widths, excess, least(widths, COMFORTABLE));
        int[] titles = widths.clone();
        for (int i = 0; i < titles.length; i++) {
            if (fits.get(i) == Fit.WHOLE) {
                titles[i] = Math.min(widths[i], Math.max(cells[i], LEAST_TITLE));
            }
        }
        excess = shrink(widths, excess, titles);
        shrink(widths, excess, least(widths, LEAST));
    }

    private int[] least(int[] widths, int width) {
        int[] least = widths.clone();
        for (int i = 0; i < least.length; i++) {
            least[i] = fits.get(i) == Fit.WHOLE ? widths[i] : Math.min(widths[i], width);
        }
        return least;
    }

    /** Takes from the widest that may give. */
    private static long shrink(int[] widths, long excess, int[] least) {
        long left = excess;
        while (left > 0) {
            int widest = -1;
            for (int i = 0; i < widths.length; i++) {
                if (widths[i] > least[i] && (widest < 0 || widths[i] > widths[widest])) {
                    widest = i;
                }
            }
            if (widest < 0) {
                return left;
            }
            widths[widest]--;
            left--;
        }
        return left;
    }

    private void append(StringBuilder text, List<String> row, int[] widths, Layout layout) {
        var line = new StringBuilder();
        String alarm = "";
        for (int i = 0; i < widths.length; i++) {
            String cell = row.get(i);
            String shown = fits.get(i) == Fit.MIDDLE
                    ? TextWidth.cutMiddle(cell, widths[i])
                    : TextWidth.cutEnd(cell, widths[i]);
            line.append(shown);
            if (i < widths.length - 1) {
                line.append(" ".repeat(widths[i] + GAP - TextWidth.of(shown)));
            } else if (cell.startsWith(ALARM)) {
                alarm = shown;
            }
        }
        String shown = TextWidth.cutEnd(line.toString(), layout.columns());
        boolean painted = !alarm.isEmpty() && shown.endsWith(alarm);
        text.append(painted ? shown.substring(0, shown.length() - alarm.length()) + layout.alarm(alarm) : shown)
                .append('\n');
    }
}
