// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

/**
 * One line of a group's {@code denials}.
 *
 * @param timeNs CLOCK_BOOTTIME, nanoseconds
 * @param pid the process
 * @param reason what settled it; with {@code would_} before it if the access was allowed all the same
 * @param rule the rule's name; null if it was none
 * @param path null if the group does not report paths
 */
public record Denial(
        GroupName group, long timeNs, String kind, int pid, long uid, String reason, String rule, RawPath path) {}
