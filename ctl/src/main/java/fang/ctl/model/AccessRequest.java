// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

/**
 * One line of a group's {@code pending}: a request that waits.
 *
 * @param id unsigned
 * @param pid the waiting thread
 * @param ageMillis since it was raised
 * @param holder process id of the listener that read it, or {@code -}
 */
public record AccessRequest(GroupName group, long id, String kind, long pid, long ageMillis, String holder) {}
