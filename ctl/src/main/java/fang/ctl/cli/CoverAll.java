// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.GroupName;
import fang.ctl.plan.AllScopes;
import fang.ctl.plan.GroupPlan;
import fang.ctl.plan.Plan;
import java.io.IOException;
import java.util.ArrayList;
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
        for (GroupPlan group : plan.groups()) {
            if (group.coversAll()) {
                return new AllScopes(context.store(), new MountView(context), report);
            }
        }
        return null;
    }

    /** Warnings about groups of a plan, if nobody follows the mount table. */
    static List<String> unfollowed(Plan plan, Context context) {
        List<String> warnings = new ArrayList<>();
        for (GroupPlan group : plan.groups()) {
            if (group.coversAll()) {
                warnings.add(Follower.absent(group.name()));
            }
        }
        return warnings.isEmpty() || Follower.running(context).isPresent() ? List.of() : warnings;
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
