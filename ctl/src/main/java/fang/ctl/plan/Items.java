// SPDX-License-Identifier: Apache-2.0
package fang.ctl.plan;

import fang.ctl.model.Condition;
import fang.ctl.model.Rule;
import fang.ctl.model.Scope;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The files of a scope, an exemption or a rule, in the order in which they are written; not {@code enabled}. */
final class Items {
    private Items() {}

    static Map<String, byte[]> of(Scope scope) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        if (scope.isAll()) {
            return files;
        }
        files.put("type", ascii(scope.type().word()));
        files.put("path", scope.path().escaped());
        return files;
    }

    static Map<String, byte[]> of(Condition exemption) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("type", ascii(exemption.type().word()));
        files.put("value", exemption.value().escaped());
        return files;
    }

    static Map<String, byte[]> of(Rule rule, long set, long order) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("set", ascii(Long.toString(set)));
        files.put("order", ascii(Long.toString(order)));
        if (!rule.kinds().isEmpty()) {
            files.put("kinds", ascii(rule.kinds()));
        }
        for (Condition condition : rule.conditions()) {
            files.put(condition.type().word(), condition.value().escaped());
        }
        files.put("respond", ascii(rule.respond()));
        return files;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
