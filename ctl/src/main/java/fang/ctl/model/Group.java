// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A group as it stands in the kernel, read file by file: no snapshot.
 *
 * @param attributes canonical; without those that this module does not have
 * @param label whose group this is; empty if nobody's
 * @param listeners how many are joined
 * @param degraded whether its listeners did not respond, so that they are hardly asked
 * @param outstanding files of which a record of writes is queued, or was read and not cleared
 * @param queueCount notifications that are queued and not read
 * @param stats counters by their file's name
 * @param waits a histogram, shortest first; what never happened is left out
 */
public record Group(
        GroupName name,
        Map<Attribute, String> attributes,
        boolean enabled,
        String label,
        long listeners,
        boolean degraded,
        long outstanding,
        long queueCount,
        Scopes scopes,
        List<ExemptionState> exemptions,
        RuleSet rules,
        FastpathState fastpath,
        Map<String, Long> stats,
        List<Waits> waits) {

    /** Entries, how many there may be, and how often all were forgotten. */
    public record FastpathState(long max, long count, String generation) {}

    /** Canonical; empty if unset. */
    public String get(Attribute attribute) {
        return attributes.getOrDefault(attribute, "");
    }

    /** Access requests that wait now, from counters that anybody may read. */
    public long pending() {
        return Math.max(0, stats.getOrDefault("asked", 0L) - stats.getOrDefault("settled", 0L));
    }

    /** Whether its mask has kinds that wait for a response. */
    public boolean asks() {
        return !EventKind.accessWords(get(Attribute.MASK)).isEmpty();
    }

    /** Whether one record stands for all writes of its file until it is cleared. */
    public boolean coalesces() {
        return get(Attribute.WRITE_EVENTS).equals("coalesced");
    }

    /** The scopes that are complete, without those that {@code all} stands for. */
    public List<Scope> definedScopes() {
        List<Scope> defined = new ArrayList<>();
        for (ScopeState state : scopes.named()) {
            if (state.scope().isPresent()) {
                defined.add(state.scope().get());
            }
        }
        return defined;
    }

    /** The exemptions that are complete and not about a process. */
    public List<Condition> lastingExemptions() {
        return exemptions.stream()
                .filter(state -> !state.isOfProcess())
                .flatMap(state -> state.condition().stream())
                .toList();
    }

    /** {@code enabled}, {@code disabled}, or {@code permissive} for an enabled group that denies nothing. */
    public String state() {
        if (!enabled) {
            return "disabled";
        }
        return get(Attribute.PERMISSIVE).equals("1") ? "permissive" : "enabled";
    }
}
