// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Attribute;
import fang.ctl.model.Condition;
import fang.ctl.model.ConditionType;
import fang.ctl.model.GroupSpec;
import fang.ctl.model.RawPath;
import fang.ctl.model.Subject;
import fang.ctl.serve.Explainer;
import java.util.List;

/** Files without which nobody responds for a group: whoever has to ask about them waits for himself. */
final class OwnFiles {
    static final String CLAMD = "/usr/sbin/clamd";

    /** What clamd opens by itself. */
    private static final String DEFINITIONS = "/var/lib/clamav/main.cvd";

    private OwnFiles() {}

    /** Whether this program, which is to listen, could not start while nobody listens. */
    static boolean areInTheWay(GroupSpec group, String program) {
        return !"allow".equals(group.attributes().getOrDefault(Attribute.ON_NO_LISTENER, "allow"))
                && isAsked(group, program, program);
    }

    /** Whether clamd would wait for the listener that waits for clamd. */
    static boolean holdUpClamd(GroupSpec group) {
        return !isSomebodyExempt(group) && isAsked(group, DEFINITIONS, CLAMD);
    }

    /** By user or cgroup: then we cannot tell that clamd is not meant. */
    private static boolean isSomebodyExempt(GroupSpec spec) {
        for (Condition condition : spec.exemptions().orElse(List.of())) {
            if (condition.type() == ConditionType.UID || condition.type() == ConditionType.CGROUP) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAsked(GroupSpec spec, String path, String exe) {
        for (String kind : List.of("open_access", "read_access")) {
            var subject = new Subject(RawPath.ofText(path), kind, 0L, 0L, RawPath.ofText(exe), null, null, null, null);
            if (!path.isEmpty() && new Explainer(spec, subject).explain().asked()) {
                return true;
            }
        }
        return false;
    }
}
