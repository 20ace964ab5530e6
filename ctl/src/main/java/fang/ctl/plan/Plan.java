// SPDX-License-Identifier: Apache-2.0
package fang.ctl.plan;

import java.util.List;

/** What an apply does, or did. */
public record Plan(List<GroupPlan> groups, List<String> warnings) {
    public boolean isChange() {
        return groups.stream().anyMatch(group -> group.action() != Action.UNCHANGED);
    }

    public long count(Action action) {
        return groups.stream().filter(group -> group.action() == action).count();
    }
}
