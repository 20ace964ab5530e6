// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How a group's counters went on between two readings. A group that was made meanwhile counts from 0.
 *
 * @param before null if the group was not there, or not this one
 * @param nanos between the two readings
 */
public record Rates(Counters before, Counters now, long nanos) {
    private static final double NS_PER_SECOND = 1e9;
    private static final int PERCENT = 100;

    /** Whether these are the first counts of a group. */
    public boolean isNew() {
        return before == null;
    }

    /** How often it happened since the reading before. */
    public long difference(String counter) {
        return now.stats().getOrDefault(counter, 0L)
                - (before == null ? 0 : before.stats().getOrDefault(counter, 0L));
    }

    public double perSecond(String counter) {
        return nanos <= 0 ? 0 : difference(counter) * NS_PER_SECOND / nanos;
    }

    /** The waits that ended since the reading before. */
    public List<Waits> waits() {
        Map<Long, Long> earlier = new HashMap<>();
        if (before != null) {
            for (Waits waits : before.waits()) {
                earlier.put(waits.limitUs(), waits.count());
            }
        }
        List<Waits> since = new ArrayList<>();
        for (Waits waits : now.waits()) {
            long count = waits.count() - earlier.getOrDefault(waits.limitUs(), 0L);
            if (count != 0) {
                since.add(new Waits(waits.limitUs(), count));
            }
        }
        return since;
    }

    /**
     * Below which limit in microseconds so many in a hundred waits were.
     *
     * @return -1 if there were none
     */
    public static long percentile(List<Waits> waits, int percent) {
        long all = 0;
        for (Waits some : waits) {
            all += some.count();
        }
        long sum = 0;
        for (Waits some : waits) {
            sum += some.count();
            if (sum * PERCENT >= all * percent) {
                return some.limitUs();
            }
        }
        return -1;
    }
}
