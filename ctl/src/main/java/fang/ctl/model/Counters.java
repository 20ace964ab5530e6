// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.List;
import java.util.Map;

/**
 * What a group has counted, read file by file: no snapshot.
 *
 * @param identity another one for each group that was made, also if it has the name of one before
 * @param listeners how many are joined
 * @param degraded whether its listeners did not respond, so that they are hardly asked
 * @param stats counters by their file's name, unsigned
 * @param waits a histogram, shortest first; what never happened is left out
 */
public record Counters(
        GroupName group,
        String identity,
        boolean enabled,
        long listeners,
        boolean degraded,
        Map<String, Long> stats,
        List<Waits> waits) {
    /** Which of {@link #stats} counts nothing. */
    private static final String BOUND = "max_wait_ms";

    /** Whether a file of {@code stats/} says how often something happened. */
    public static boolean isCount(String name) {
        return !name.equals(BOUND);
    }

    /** Access requests that wait now. */
    public long pending() {
        return Math.max(0, stats.getOrDefault("asked", 0L) - stats.getOrDefault("settled", 0L));
    }
}
