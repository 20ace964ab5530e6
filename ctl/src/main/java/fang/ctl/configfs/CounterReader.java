// SPDX-License-Identifier: Apache-2.0
package fang.ctl.configfs;

import fang.ctl.model.Counters;
import fang.ctl.model.Errno;
import fang.ctl.model.GroupName;
import fang.ctl.model.Waits;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what groups count. Needs no root. */
public final class CounterReader {
    /** Counters in the order of the kernel's documentation; those that a module lacks are left out. */
    private static final List<String> STATS = List.of(
            "asked",
            "settled",
            "allowed",
            "denied",
            "timed_out",
            "poisoned",
            "abandoned",
            "interrupted",
            "extended",
            "requeued",
            "no_listener",
            "not_waited",
            "access_overflow",
            "not_asked_degraded",
            "not_asked_late",
            "rule_allowed",
            "rule_denied",
            "not_enforced",
            "scope_gone",
            "would_deny",
            "exempted",
            "queued",
            "delivered",
            "missed",
            "lost",
            "coalesced",
            "cleared",
            "fastpath_hits",
            "fastpath_added",
            "fastpath_refused",
            "fastpath_ended",
            "max_wait_ms",
            "waited_us");

    private final GroupStore store;

    public CounterReader(GroupStore store) {
        this.store = store;
    }

    /** The names of the counters, in order. */
    public static List<String> names() {
        return STATS;
    }

    /**
     * Those of all groups, by name; a group that goes away meanwhile is left out.
     *
     * @throws StoreException also if the module is gone
     */
    public List<Counters> readAll() {
        List<Counters> all = new ArrayList<>();
        for (String name : store.list("groups")) {
            Optional<Counters> counters = read(new GroupName(name));
            if (counters.isPresent()) {
                all.add(counters.get());
            }
        }
        return all;
    }

    /** Absent if there is no such group, or it went away meanwhile. */
    public Optional<Counters> read(GroupName name) {
        String group = "groups/" + name;
        try {
            String identity = store.identity(group);
            Counters counters = new Counters(
                    name,
                    identity,
                    store.readText(group + "/enabled").equals("1"),
                    Long.parseUnsignedLong(store.readText(group + "/listeners")),
                    optional(group + "/degraded").orElse("0").equals("1"),
                    stats(name),
                    waits(name));
            // Another of the same name by now: its counters are no continuation, and the next reading tells.
            return identity.equals(store.identity(group)) ? Optional.of(counters) : Optional.empty();
        } catch (StoreException e) {
            if (!store.exists(group)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    Map<String, Long> stats(GroupName name) {
        Map<String, Long> stats = new LinkedHashMap<>();
        for (String stat : STATS) {
            Optional<String> value = optional("groups/" + name + "/stats/" + stat);
            if (value.isPresent()) {
                stats.put(stat, Long.parseUnsignedLong(value.get()));
            }
        }
        return stats;
    }

    List<Waits> waits(GroupName name) {
        List<Waits> waits = new ArrayList<>();
        for (String line :
                optional("groups/" + name + "/stats/latency_us").orElse("").split("\n")) {
            String[] words = line.split(" ");
            if (words.length == 2) {
                waits.add(new Waits(Long.parseUnsignedLong(words[0]), Long.parseUnsignedLong(words[1])));
            }
        }
        return waits;
    }

    private Optional<String> optional(String file) {
        try {
            return Optional.of(store.readText(file));
        } catch (StoreException e) {
            if (e.errno() == Errno.ENOENT) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
