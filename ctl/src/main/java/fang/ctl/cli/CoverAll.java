// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.GroupName;
import fang.ctl.plan.AllScopes;
import fang.ctl.plan.GroupPlan;
import fang.ctl.plan.Plan;
import java.io.IOException;
import java.util.List;

/** Covers for one group what is mounted now, as {@code scope follow} would. */
final class CoverAll {
    private CoverAll() {}

    /**
     * What brings the groups of a plan in step; null if none of them covers all.
     *
     * @throws fang.ctl.model.Failure OTHER if this process is in another mount namespace
     */
    static AllScopes of(Plan plan, AllReport report, Context context) throws IOException {
        return plan.groups().stream().anyMatch(GroupPlan::coversAll)
                ? new AllScopes(context.store(), new MountView(context), report)
                : null;
    }

    /** Warnings about groups of a plan, if nobody follows the mount table. */
    static List<String> unfollowed(Plan plan, Context context) {
        return Follower.running(context).isPresent()
                ? List.of()
                : plan.groups().stream()
                        .filter(GroupPlan::coversAll)
                        .map(group -> Follower.absent(group.name()))
                        .toList();
    }

    /**
     * Does it, while nobody else changes groups, and warns of what remains uncovered.
     *
     * @param before done first, under the same lock
     */
    static void run(GroupName group, Context context, Runnable before) throws IOException {
        var report = new AllReport();
        var all = new AllScopes(context.store(), new MountView(context), report);
        Exclusive lock = Exclusive.take(Exclusive.WAIT_S, context);
        try {
            before.run();
            all.pass(group);
        } finally {
            lock.close();
        }
        report.failures().forEach(line -> context.note("warning: " + line));
        if (Follower.running(context).isEmpty()) {
            context.note("warning: " + Follower.absent(group));
        }
    }
}
