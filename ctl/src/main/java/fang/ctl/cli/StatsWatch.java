// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.configfs.RateReader;
import fang.ctl.model.GroupName;
import fang.ctl.model.Rates;
import fang.ctl.output.RateJson;
import fang.ctl.output.RateText;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** What {@code stats --watch} does once its options are known. */
final class StatsWatch {
    private static final long NS_PER_MS = 1_000_000;

    private final RateReader reader;
    private final long intervalNs;
    private final long count;
    private final boolean json;
    private final Context context;

    /** @param names empty for all groups */
    StatsWatch(List<GroupName> names, long intervalMs, long count, boolean json, Context context) {
        this.reader = new RateReader(
                context.store(), names, () -> context.environment().nanoTime());
        this.intervalNs = intervalMs * NS_PER_MS;
        this.count = count;
        this.json = json;
        this.context = context;
    }

    int run() throws IOException {
        Environment environment = context.environment();
        // Not each sleep as long: what reading takes would add up.
        long next = environment.nanoTime() + intervalNs;
        reader.read();
        for (long shown = 0; shown < count; shown++) {
            try {
                environment.sleep(Math.max(1, next - environment.nanoTime()));
            } catch (InterruptedException e) {
                return ExitCode.INTERRUPTED;
            }
            next = Math.max(next, environment.nanoTime()) + intervalNs;
            show(reader.read());
        }
        return ExitCode.DONE;
    }

    private void show(RateReader.Reading reading) throws IOException {
        if (json) {
            context.printJsonLine(out -> RateJson.write(out, Instant.now(), reading.groups(), reading.gone()));
            return;
        }
        for (Rates rates : reading.groups()) {
            if (rates.isNew()) {
                context.note(rates.now().group() + ": a new group, which counts from 0");
            }
        }
        for (GroupName name : reading.gone()) {
            context.note(name + " is gone");
        }
        String clock = DateTimeFormatter.ofPattern("HH:mm:ss")
                .withZone(ZoneId.systemDefault())
                .format(Instant.now());
        // Again each time: the terminal may be another size by now.
        String table = RateText.isEmpty(reading.groups())
                ? "nothing was counted yet\n"
                : RateText.table(reading.groups()).text(context.layout());
        context.print(clock + "\n" + table);
    }
}
