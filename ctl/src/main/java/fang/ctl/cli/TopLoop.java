// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Durations;
import fang.ctl.model.GroupName;
import fang.ctl.model.Load;
import fang.ctl.output.Layout;
import fang.ctl.output.TopJson;
import fang.ctl.output.TopText;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** What {@code top} does once its options are known. */
final class TopLoop implements AutoCloseable {
    private static final long NS_PER_MS = 1_000_000;

    /** Between two looks at the records that come: a ring has room for some thousands. */
    private static final long LOOK_NS = 100 * NS_PER_MS;

    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());

    private final TopReader reader;
    private final Environment environment;
    private final long intervalMs;
    private final long count;
    private final Context context;

    /** @param names empty for all groups */
    TopLoop(List<GroupName> names, long intervalMs, long count, Context context) {
        this.reader = new TopReader(names, context);
        this.environment = context.environment();
        this.intervalMs = intervalMs;
        this.count = count;
        this.context = context;
    }

    /** Until Ctrl-C, or nobody reads. */
    int inLines(boolean json) throws IOException {
        long next = environment.nanoTime() + intervalMs * NS_PER_MS;
        reader.read();
        for (long shown = 0; shown < count; shown++) {
            try {
                sleepUntil(next);
            } catch (InterruptedException e) {
                return ExitCode.INTERRUPTED;
            }
            next = Math.max(next, environment.nanoTime()) + intervalMs * NS_PER_MS;
            Load load = reader.read();
            if (json) {
                context.printJsonLine(out -> TopJson.write(out, Instant.now(), load));
            } else {
                List<String> lines = TopText.lines(head(), load, Layout.PLAIN, Integer.MAX_VALUE);
                context.print(String.join("\n", lines) + "\n");
            }
        }
        return ExitCode.DONE;
    }

    private void sleepUntil(long end) throws InterruptedException {
        long left = Math.max(1, end - environment.nanoTime());
        while (reader.isLooking() && left > LOOK_NS) {
            environment.sleep(LOOK_NS);
            reader.look();
            left = end - environment.nanoTime();
        }
        environment.sleep(Math.max(1, left));
    }

    private String head() {
        return "fangctl top " + CLOCK.format(Instant.now()) + ", each " + Durations.format(intervalMs);
    }

    /** Until q or a signal. */
    int onScreen() throws IOException {
        try (Screen screen = new Screen(context)) {
            long next = environment.nanoTime();
            Load load = null;
            for (long shown = -1; shown < count; ) {
                if (environment.nanoTime() - next >= 0) {
                    load = reader.read();
                    shown++;
                    next = Math.max(next, environment.nanoTime() - NS_PER_MS) + intervalMs * NS_PER_MS;
                }
                screen.draw(head(), load);
                // What else ends this wait is a key, a signal, or another size.
                do {
                    reader.look();
                    long wait = next - environment.nanoTime();
                    int exit = screen.await(Math.max(0, reader.isLooking() ? Math.min(wait, LOOK_NS) : wait));
                    if (exit >= 0) {
                        return exit;
                    }
                } while (!screen.isStale() && environment.nanoTime() - next < 0);
            }
            return ExitCode.DONE;
        }
    }

    @Override
    public void close() {
        reader.close();
    }
}
