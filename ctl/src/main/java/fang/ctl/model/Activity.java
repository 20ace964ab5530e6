// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.List;

/**
 * Who made groups busy, and with which files, during some time: what groups were told or asked of. What an exemption, a rule
 * or the fastpath has dealt with before is not in it.
 *
 * @param programs busiest first
 * @param files busiest first
 * @param seen what programs and files are the sums of, but for what was too much to be kept apart
 * @param lost events that came too fast to be looked at
 * @param nanos how long
 * @param why why nothing can be told; null if it can
 */
public record Activity(List<Program> programs, List<File> files, long seen, long lost, long nanos, String why) {
    private static final double NS_PER_SECOND = 1e9;

    /**
     * Threads of one name.
     *
     * @param group that was told or asked
     * @param comm any bytes
     * @param pid the process; 0 if there were several
     */
    public record Program(String group, RawPath comm, int pid, long count) {}

    /**
     * A file.
     *
     * @param path without its start if it does not begin with a slash; empty if it has none
     */
    public record File(RawPath path, long count) {}

    /** When nothing can be told. */
    public static Activity unknown(String why) {
        return new Activity(List.of(), List.of(), 0, 0, 0, why);
    }

    public double perSecond(long count) {
        return nanos <= 0 ? 0 : count * NS_PER_SECOND / nanos;
    }
}
