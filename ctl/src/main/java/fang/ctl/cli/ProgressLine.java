// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.output.TextWidth;
import fang.ctl.plan.Progress;
import java.util.concurrent.TimeUnit;

/** A line on stderr that tells how far it is, if that is a terminal and it takes long. It is gone in the end. */
final class ProgressLine implements Progress, AutoCloseable {
    private static final long AFTER_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long EVERY_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Context context;
    private long next;
    private int columns = -1;
    private int shown;

    ProgressLine(Context context) {
        this.context = context;
        next = context.environment().nanoTime() + AFTER_NS;
    }

    @Override
    public void at(String what, int done, int all) {
        long now = context.environment().nanoTime();
        if (columns == 0 || now - next < 0) {
            return;
        }
        next = now + EVERY_NS;
        if (columns < 0) {
            columns = context.environment().terminal().errorColumns();
        }
        if (columns > 0) {
            // Not into the last column, behind which some terminals go on below.
            show(TextWidth.cutEnd(what + ": " + done + " of " + all, columns - 1));
        }
    }

    private void show(String line) {
        context.err().print("\r" + line + " ".repeat(Math.max(0, shown - line.length())));
        context.err().flush();
        shown = line.length();
    }

    @Override
    public void close() {
        clear();
    }

    /** Takes it away, before anything else is told. */
    void clear() {
        if (shown > 0) {
            show("");
            context.err().print("\r");
            context.err().flush();
        }
        shown = 0;
    }
}
