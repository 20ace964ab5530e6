// SPDX-License-Identifier: Apache-2.0
package fang.ctl.configfs;

import fang.ctl.model.Counters;
import fang.ctl.model.GroupName;
import fang.ctl.model.Rates;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** Reads groups again and again, and tells how their counters went on. Groups may come and go meanwhile. */
public final class RateReader {
    /**
     * What changed since the reading before.
     *
     * @param groups by name
     * @param gone groups that were there before and are not now
     */
    public record Reading(List<Rates> groups, List<GroupName> gone) {}

    private record Read(Counters counters, long nanos) {}

    private final GroupStore store;
    private final CounterReader reader;
    private final List<GroupName> names;
    private final LongSupplier clock;
    private Map<GroupName, Read> last = new TreeMap<>();
    /** When the reading before began; 0 before the first. */
    private long lastBegan;

    /**
     * @param names empty for all groups
     * @param clock as {@link System#nanoTime}
     */
    public RateReader(GroupStore store, List<GroupName> names, LongSupplier clock) {
        this.store = store;
        this.reader = new CounterReader(store);
        this.names = names;
        this.clock = clock;
    }

    /**
     * Reads all. The first time every group is new.
     *
     * @throws fang.ctl.model.Failure MODULE if the module is gone
     */
    public Reading read() {
        List<GroupName> gone = new ArrayList<>(last.keySet());
        long began = clock.getAsLong();
        Map<GroupName, Read> now = new TreeMap<>();
        List<Rates> rates = new ArrayList<>();
        for (GroupName name : names.isEmpty() ? all() : names) {
            Optional<Counters> counters = reader.read(name);
            if (counters.isEmpty()) {
                continue;
            }
            Read read = new Read(counters.get(), clock.getAsLong());
            now.put(name, read);
            gone.remove(name);
            rates.add(rates(last.get(name), read));
        }
        if (!store.isPresent()) {
            throw Refusals.moduleAbsent(store);
        }
        last = now;
        lastBegan = began;
        return new Reading(rates, gone);
    }

    private Rates rates(Read before, Read now) {
        if (before != null && before.counters().identity().equals(now.counters().identity())) {
            return new Rates(before.counters(), now.counters(), now.nanos() - before.nanos());
        }
        return new Rates(null, now.counters(), lastBegan == 0 ? 0 : now.nanos() - lastBegan);
    }

    private List<GroupName> all() {
        List<GroupName> all = new ArrayList<>();
        for (String name : store.list("groups")) {
            all.add(new GroupName(name));
        }
        return all;
    }
}
