// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.List;
import java.util.OptionalLong;

/**
 * What {@code top} shows of one moment.
 *
 * @param groups by name
 * @param gone groups that were there the time before
 */
public record Load(List<OfGroup> groups, List<GroupName> gone, Activity activity) {
    /**
     * One group.
     *
     * @param oldestMs how long the oldest request has waited; empty if none waits, or nobody tells without root
     */
    public record OfGroup(Rates rates, OptionalLong oldestMs) {
        public GroupName name() {
            return rates.now().group();
        }

        /** What makes one group busier than another. */
        public double eventsPerSecond() {
            return rates.perSecond("queued") + rates.perSecond("asked");
        }
    }
}
