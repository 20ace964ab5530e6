// SPDX-License-Identifier: Apache-2.0
package fang.ctl.output;

import fang.ctl.model.Activity;
import fang.ctl.model.Counters;
import fang.ctl.model.Load;
import fang.ctl.model.Rates;
import fang.ctl.model.RawPath;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** {@code top} as text: as much of it as there is room for, what is busiest first. Nothing in it steers a terminal. */
public final class TopText {
    /** Rows of programs, and of files, where nothing else bounds them. */
    public static final int ROWS = 10;

    private static final int NAME_MIN = 8;
    private static final int NAME_MAX = 24;
    /** Of the columns names take at most this part. */
    private static final int NAME_SHARE = 5;

    private static final int NUMBER = 6;
    private static final int PID = 7;
    private static final int COMM = 15;
    /** From here on parts are set apart by empty lines. */
    private static final int AIRY = 16;

    private static final double KILO = 1e3;
    private static final double MEGA = 1e6;
    private static final double KILO_FROM = 99_999.5;
    private static final double MEGA_FROM = 999_999.5;
    private static final double TENTHS_BELOW_S = 100;
    private static final int[] PERCENTILES = {50, 90, 99};

    /** A column of numbers. */
    private record Column(String title, int importance, Function<Load.OfGroup, String> cell) {
        int width() {
            return Math.max(title.length(), NUMBER);
        }
    }

    /** As they stand; where there is no room the least important ones go first. */
    private static final List<Column> COLUMNS = List.of(
            rate("EVENTS", 6, "queued"),
            rate("ASKED", 11, "asked"),
            rate("ALLOWED", 4, "allowed"),
            rate("DENIED", 10, "denied", "rule_denied"),
            rate("FASTPATH", 5, "fastpath_hits"),
            rate("RULES", 3, "rule_allowed", "rule_denied"),
            new Column("PENDING", 9, group -> Long.toString(group.rates().now().pending())),
            new Column("OLDEST", 8, TopText::oldest),
            percentile(0, 2),
            percentile(1, 1),
            percentile(2, 7));

    private final int columns;
    private final int rows;
    private final boolean bounded;
    private final Layout layout;
    private final List<String> lines = new ArrayList<>();

    private TopText(Layout layout, int rows) {
        this.layout = layout;
        this.columns = layout.columns();
        this.rows = rows;
        this.bounded = rows != Integer.MAX_VALUE;
    }

    /**
     * Lines that fit.
     *
     * @param head what to say first
     * @param rows no more lines; {@link Integer#MAX_VALUE}: all groups, and {@link #ROWS} of the rest
     */
    public static List<String> lines(String head, Load load, Layout layout, int rows) {
        var text = new TopText(layout, rows);
        text.fill(head, load);
        return text.lines.subList(0, Math.min(text.lines.size(), rows));
    }

    private static Column rate(String title, int importance, String... counters) {
        return new Column(title, importance, group -> {
            double sum = 0;
            for (String counter : counters) {
                sum += group.rates().perSecond(counter);
            }
            return number(sum);
        });
    }

    private static Column percentile(int index, int importance) {
        int percent = PERCENTILES[index];
        return new Column("P" + percent, importance, group -> {
            long limit = Rates.percentile(group.rates().waits(), percent);
            return limit < 0 ? "-" : "<" + micros(limit);
        });
    }

    /** At most six columns wide. */
    static String number(double rate) {
        if (rate >= MEGA_FROM) {
            return String.format(Locale.ROOT, "%.0fM", rate / MEGA);
        }
        return rate >= KILO_FROM ? String.format(Locale.ROOT, "%.0fk", rate / KILO) : RateText.perSecond(rate);
    }

    private static String micros(long limit) {
        if (limit < KILO) {
            return limit + "us";
        }
        return limit < MEGA ? Math.round(limit / KILO) + "ms" : Math.round(limit / MEGA) + "s";
    }

    private static String oldest(Load.OfGroup group) {
        if (group.rates().now().pending() == 0) {
            return "-";
        }
        return group.oldestMs().isPresent() ? millis(group.oldestMs().getAsLong()) : "?";
    }

    private static String millis(long millis) {
        double seconds = millis / KILO;
        return String.format(Locale.ROOT, seconds < TENTHS_BELOW_S ? "%.1fs" : "%.0fs", seconds);
    }

    private void fill(String head, Load load) {
        add(head + ", " + summary(load));
        boolean airy = !bounded || rows >= AIRY;
        Activity activity = load.activity();
        int panes = activity.why() == null ? 2 : 1;
        // This line, titles, and what sets apart.
        int room = rows - 2 - panes - (airy && bounded ? panes + 1 : 0);
        int groups = load.groups().size();
        int ofGroups = bounded ? Math.min(groups, Math.max(1, activity.why() == null ? room / 3 : room)) : groups;
        gap(airy);
        groups(load, ofGroups);
        gap(airy);
        if (activity.why() != null) {
            add("processes and files: " + activity.why());
            return;
        }
        int left = bounded ? room - ofGroups : 2 * ROWS;
        int ofFiles = Math.min(
                activity.files().size(),
                Math.max((left + 1) / 2, left - activity.programs().size()));
        programs(activity, Math.max(0, Math.min(activity.programs().size(), left - ofFiles)));
        gap(airy);
        files(activity, Math.max(0, ofFiles));
    }

    private static String summary(Load load) {
        long pending = 0;
        long oldest = 0;
        for (Load.OfGroup group : load.groups()) {
            pending += group.rates().now().pending();
            oldest = Math.max(oldest, group.oldestMs().orElse(0));
        }
        int groups = load.groups().size();
        return groups + (groups == 1 ? " group, " : " groups, ") + pending + " pending"
                + (oldest > 0 ? ", oldest " + millis(oldest) : "");
    }

    private void groups(Load load, int room) {
        List<Load.OfGroup> groups = new ArrayList<>(load.groups());
        groups.sort(Comparator.comparingDouble(Load.OfGroup::eventsPerSecond)
                .reversed()
                .thenComparing(Load.OfGroup::name));
        int longest = NAME_MIN;
        for (Load.OfGroup group : groups) {
            longest = Math.max(longest, name(group).length());
        }
        int width = Math.min(longest, Math.max(NAME_MIN, Math.min(NAME_MAX, columns / NAME_SHARE)));
        List<Column> shown = fitting(width);
        var title = new StringBuilder(pad("GROUP", width));
        shown.forEach(column -> title.append(' ').append(right(column.title, column.width())));
        title(title.toString());
        boolean all = groups.size() <= room;
        for (Load.OfGroup group : groups.subList(0, all ? groups.size() : Math.max(0, room - 1))) {
            var line = new StringBuilder(pad(TextWidth.cutMiddle(name(group), width), width));
            shown.forEach(column -> line.append(' ').append(right(column.cell.apply(group), column.width())));
            add(line.toString());
        }
        if (!all) {
            add(TextWidth.ELLIPSIS + " and " + (groups.size() - Math.max(0, room - 1)) + " more");
        }
    }

    /** With a remark on what is not as usual. */
    private static String name(Load.OfGroup group) {
        Counters now = group.rates().now();
        return group.name() + (!now.enabled() ? " (off)" : now.degraded() ? " (degraded)" : "");
    }

    private List<Column> fitting(int name) {
        List<Column> shown = new ArrayList<>(COLUMNS);
        long width = name;
        for (Column column : shown) {
            width += 1 + column.width();
        }
        while (width > columns && !shown.isEmpty()) {
            Column least = shown.stream()
                    .min(Comparator.comparingInt(Column::importance))
                    .orElseThrow();
            width -= 1 + least.width();
            shown.remove(least);
        }
        return shown;
    }

    private void programs(Activity activity, int room) {
        title(right("A SECOND", NUMBER + 2) + " " + right("PID", PID) + " " + pad("PROCESS", COMM) + " GROUP"
                + unseen(activity));
        for (Activity.Program program : activity.programs().subList(0, room)) {
            String pid = program.pid() == 0 ? "several" : Integer.toString(program.pid());
            String comm = TextWidth.cutMiddle(program.comm().display(), COMM);
            add(rate(activity, program.count()) + " " + right(pid, PID) + " " + pad(comm, COMM) + " "
                    + program.group());
        }
    }

    private void files(Activity activity, int room) {
        title(right("A SECOND", NUMBER + 2) + " PATH");
        for (Activity.File file : activity.files().subList(0, room)) {
            String rate = rate(activity, file.count()) + " ";
            add(rate + TextWidth.cutStart(path(file.path()), columns - rate.length()));
        }
    }

    private static String path(RawPath path) {
        String text = path.display();
        return text.isEmpty() ? "-" : path.isAbsolute() ? text : TextWidth.ELLIPSIS + text;
    }

    private static String unseen(Activity activity) {
        return activity.lost() == 0
                ? ""
                : "  (" + number(activity.perSecond(activity.lost())) + " a second not looked at)";
    }

    private static String rate(Activity activity, long count) {
        return right(number(activity.perSecond(count)), NUMBER + 2);
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - TextWidth.of(text)));
    }

    private static String right(String text, int width) {
        return " ".repeat(Math.max(0, width - text.length())) + text;
    }

    private void gap(boolean airy) {
        if (airy && bounded) {
            lines.add("");
        }
    }

    private void add(String line) {
        lines.add(TextWidth.cutEnd(line, columns));
    }

    private void title(String line) {
        lines.add(layout.title(TextWidth.cutEnd(line, columns)));
    }
}
