// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.configfs.GroupStore;
import fang.ctl.configfs.StoreException;
import fang.ctl.model.GroupName;
import fang.ctl.serve.Log;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tells how many requests the kernel settled without a response since the last look. */
final class Settlements {
    private static final List<String> COUNTERS =
            List.of("timed_out", "poisoned", "abandoned", "access_overflow", "not_asked_degraded", "not_asked_late");

    private final GroupName group;
    private final GroupStore store;
    private final Map<String, Long> before = new LinkedHashMap<>();

    Settlements(GroupName group, GroupStore store) {
        this.group = group;
        this.store = store;
        growth();
    }

    void tell(Log log) {
        Map<String, Long> growth = growth();
        if (growth.isEmpty()) {
            return;
        }
        List<String> words = new ArrayList<>();
        Map<String, byte[]> fields = new LinkedHashMap<>();
        growth.forEach((name, by) -> {
            words.add(by + " " + name);
            fields.put(
                    "FANG_" + name.toUpperCase(java.util.Locale.ROOT),
                    by.toString().getBytes(StandardCharsets.UTF_8));
        });
        log.problem("settled without a response: " + String.join(", ", words), fields);
    }

    private Map<String, Long> growth() {
        Map<String, Long> growth = new LinkedHashMap<>();
        for (String name : COUNTERS) {
            try {
                long now = Long.parseLong(store.readText("groups/" + group + "/stats/" + name));
                Long old = before.put(name, now);
                if (old != null && now > old) {
                    growth.put(name, now - old);
                }
            } catch (StoreException | NumberFormatException e) {
                // The group is gone, or another module: then there is nothing to tell.
            }
        }
        return growth;
    }
}
