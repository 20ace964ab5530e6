// SPDX-License-Identifier: Apache-2.0
package fang.ctl.plan;

import java.util.List;

/** What an apply does, or did. */
public record Plan(List<GroupPlan> groups, List<String> warnings) {
    public boolean isChange() {
        return count(Action.UNCHANGED) < groups.size();
    }

    public long count(Action action) {
        long count = 0;
        for (GroupPlan group : groups) {
            count += group.action() == action ? 1 : 0;
        }
        return count;
    }
}
