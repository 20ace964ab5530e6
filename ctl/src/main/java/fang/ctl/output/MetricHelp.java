// SPDX-License-Identifier: Apache-2.0
package fang.ctl.output;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a group's counters mean, for those who read them as metrics; kernel/Documentation/configfs.rst says more. */
final class MetricHelp {
    /** By their files' names, in the order in which they are told. A test holds them against what is read. */
    static final Map<String, String> COUNTERS = counters();

    private MetricHelp() {}

    private static Map<String, String> counters() {
        Map<String, String> help = new LinkedHashMap<>();
        help.put("asked", "Access requests that were put on the list.");
        help.put("settled", "Access requests whose wait ended, for whatever reason.");
        help.put("allowed", "Access requests allowed by a response.");
        help.put("denied", "Access requests denied by a response.");
        help.put("timed_out", "Access requests settled by on_timeout at the deadline.");
        help.put("poisoned", "Access requests settled because listeners went away with them.");
        help.put("abandoned", "Access requests settled because the last listener left or the group was disabled.");
        help.put("interrupted", "Access requests whose process was killed.");
        help.put("extended", "Responses that moved a deadline.");
        help.put("requeued", "Access requests that went back to the list because their listener went away.");
        help.put("no_listener", "Access requests settled at once by on_no_listener.");
        help.put("not_waited", "Access requests settled at once by on_cannot_wait.");
        help.put("access_overflow", "Access requests settled at once by on_overflow.");
        help.put("not_asked_degraded", "Access requests settled at once because the group is degraded.");
        help.put("not_asked_late", "Access requests settled at once because the task had just waited in vain.");
        help.put("rule_allowed", "Access requests that a rule allowed.");
        help.put("rule_denied", "Access requests that a rule denied.");
        help.put("not_enforced", "Access requests allowed at once because enforce is off.");
        help.put("scope_gone", "Access requests allowed because their file system left its scope.");
        help.put("would_deny", "Denials that permissive turned into allows.");
        help.put("exempted", "Events that were not raised because somebody or something is exempt.");
        help.put("queued", "Notifications that were queued.");
        help.put("delivered", "Records that listeners read.");
        help.put("missed", "Notifications that were not raised because there was no listener.");
        help.put("lost", "Notifications dropped because the queue was full, or with the last listener.");
        help.put("coalesced", "Writes that were counted in the record of another.");
        help.put("cleared", "Records of writes that were cleared.");
        help.put("fastpath_hits", "Accesses allowed because their file is remembered.");
        help.put("fastpath_added", "Files that were remembered.");
        help.put("fastpath_refused", "Responses that asked to remember a file in vain.");
        help.put("fastpath_ended", "Files forgotten because they changed, or memory was short.");
        return help;
    }
}
