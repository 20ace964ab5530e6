// SPDX-License-Identifier: Apache-2.0
package fang.ctl.output;

import fang.ctl.model.Attribute;
import fang.ctl.model.Group;
import fang.ctl.model.Printable;
import fang.ctl.model.ScopeState;
import fang.ctl.model.Waits;
import fang.ctl.output.MetricFamilies.Type;
import java.math.BigDecimal;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** {@code metrics}: what collectors of metrics are told, a family after the other. */
public final class Metrics {
    /**
     * What is known of the module.
     *
     * @param up whether it can be used
     * @param loaded whether it is loaded
     * @param enforced whether responses count
     * @param followed whether somebody follows the mount table
     * @param nextKernelWithout whether the newest installed kernel lacks it
     * @param version empty if it has none
     * @param source what tells one build of it from another; empty if this kernel keeps it to itself
     * @param abi as configfs shows it
     * @param tool this program's version
     */
    public record Machine(
            boolean up,
            boolean loaded,
            boolean enforced,
            boolean followed,
            boolean nextKernelWithout,
            String version,
            String source,
            String abi,
            String tool) {}

    /**
     * Every second power of two, as the kernel counts in powers of two: 16 us, which a rule or a listener on another
     * processor takes, to 4.5 minutes, beyond which it does not matter how long. More would be series that nobody reads.
     */
    private static final int[] LIMITS_LOG2_US = {4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28};

    private static final int US_DIGITS = 6;
    private static final int MS_DIGITS = 3;

    private final MetricFamilies families;
    private final List<Group> groups;

    private Metrics(MetricFamilies families, List<Group> groups) {
        this.families = families;
        this.groups = groups;
    }

    /**
     * All of them.
     *
     * @param holes why a group does not protect its files, some of {@code holeWords}
     * @param oldestMs for how long the oldest request waits, of each group in turn; null if that cannot be known
     * @param openMetrics or else in the format of Prometheus
     */
    public static String text(
            Machine machine,
            List<Group> groups,
            Function<Group, List<String>> holes,
            List<String> holeWords,
            List<Long> oldestMs,
            boolean openMetrics) {
        var families = new MetricFamilies(openMetrics);
        var metrics = new Metrics(families, groups);
        metrics.machine(machine);
        if (machine.up()) {
            metrics.states(holes, holeWords);
            metrics.levels(oldestMs);
            MetricHelp.COUNTERS.forEach(metrics::counter);
            metrics.waits();
        }
        return families.end();
    }

    private void machine(Machine machine) {
        families.family("fang_up", Type.GAUGE, "Whether the module is loaded and can be used.");
        families.sample(machine.up());
        families.family("fang_module_loaded", Type.GAUGE, "Whether the module is loaded.");
        families.sample(machine.loaded());
        families.family(
                "fang_next_kernel_without_module",
                Type.GAUGE,
                "Whether the newest installed kernel lacks the module, which an older one has.");
        families.sample(machine.nextKernelWithout());
        families.family("fang_build", Type.INFO, "Versions of the module and of fangctl.");
        families.sample(
                "1",
                "version",
                Printable.of(machine.version()),
                "srcversion",
                Printable.of(machine.source()),
                "abi",
                Printable.of(machine.abi()),
                "fangctl",
                machine.tool());
        if (machine.up()) {
            families.family("fang_enforce", Type.GAUGE, "Whether responses count; 0: all is allowed.");
            families.sample(machine.enforced());
            families.family(
                    "fang_scope_follow_running",
                    Type.GAUGE,
                    "Whether fangctl scope follow runs, which groups that cover all file systems need.");
            families.sample(machine.followed());
        }
    }

    private void states(Function<Group, List<String>> holes, List<String> holeWords) {
        families.family("fang_group", Type.INFO, "What a group is for, and whose it is.");
        for (Group group : groups) {
            families.sample(
                    "1",
                    "group",
                    group.name().text(),
                    "priority",
                    group.get(Attribute.PRIORITY),
                    "mask",
                    group.get(Attribute.MASK).replace(' ', ','),
                    "label",
                    Printable.of(group.label()));
        }
        gauge("fang_group_enabled", "Whether the group is enabled.", group -> group.enabled() ? 1 : 0);
        gauge(
                "fang_group_permissive",
                "Whether the group allows what would be denied.",
                group -> group.get(Attribute.PERMISSIVE).equals("1") ? 1 : 0);
        gauge(
                "fang_group_degraded",
                "Whether the group's listeners did not respond, so that they are hardly asked.",
                group -> group.degraded() ? 1 : 0);
        families.family(
                "fang_group_unprotected",
                Type.GAUGE,
                "Whether the group is enabled and asks, but for this reason does not protect its files.");
        for (Group group : groups) {
            List<String> found = holes.apply(group);
            for (String word : holeWords) {
                families.sample(found.contains(word), "group", group.name().text(), "reason", word);
            }
        }
    }

    private void levels(List<Long> oldestMs) {
        gauge("fang_listeners", "Listeners that are joined.", Group::listeners);
        gauge("fang_pending", "Access requests that wait for a response.", Group::pending);
        limit("fang_pending_max", "How many access requests may wait at a time.", Attribute.ACCESS_MAX);
        if (oldestMs != null) {
            families.family(
                    "fang_oldest_wait_seconds", Type.GAUGE, "For how long the oldest access request waits; 0: none.");
            for (int i = 0; i < groups.size(); i++) {
                String name = groups.get(i).name().text();
                families.sample(seconds(oldestMs.get(i), MS_DIGITS), "group", name);
            }
        }
        families.family(
                "fang_max_wait_seconds", Type.GAUGE, "The longest that one access can be held up by the group.");
        for (Group group : groups) {
            families.sample(
                    seconds(group.stats().getOrDefault("max_wait_ms", 0L), MS_DIGITS),
                    "group",
                    group.name().text());
        }
        gauge("fang_queue_length", "Notifications that are queued and not read.", Group::queueCount);
        limit("fang_queue_length_max", "How many notifications may be queued at a time.", Attribute.QUEUE_MAX);
        gauge("fang_outstanding", "Files with a record of writes that is not cleared.", Group::outstanding);
        gauge(
                "fang_scopes",
                "Scopes of the group.",
                group -> group.scopes().states().size());
        gauge(
                "fang_scopes_inactive",
                "Scopes that cover nothing: disabled, or what they name is gone.",
                Metrics::inactive);
        gauge(
                "fang_fastpath_entries",
                "Files that are remembered as allowed.",
                group -> group.fastpath().count());
        gauge(
                "fang_fastpath_entries_max",
                "How many files may be remembered.",
                group -> group.fastpath().max());
    }

    private static long inactive(Group group) {
        long inactive = 0;
        for (ScopeState state : group.scopes().named()) {
            if (!state.isAll() && !state.active()) {
                inactive++;
            }
        }
        return inactive;
    }

    private void gauge(String name, String help, ToLongFunction<Group> value) {
        families.family(name, Type.GAUGE, help);
        for (Group group : groups) {
            families.sample(
                    Long.toUnsignedString(value.applyAsLong(group)),
                    "group",
                    group.name().text());
        }
    }

    private void limit(String name, String help, Attribute attribute) {
        gauge(name, help, group -> Long.parseLong(group.attributes().getOrDefault(attribute, "0")));
    }

    private void counter(String stat, String help) {
        families.family("fang_" + stat, Type.COUNTER, help);
        for (Group group : groups) {
            Long value = group.stats().get(stat);
            if (value != null) {
                families.sample(
                        Long.toUnsignedString(value), "group", group.name().text());
            }
        }
    }

    private void waits() {
        families.family("fang_wait_seconds", Type.HISTOGRAM, "For how long settled access requests had waited.");
        for (Group group : groups) {
            String name = group.name().text();
            for (int log2 : LIMITS_LOG2_US) {
                long limit = 1L << log2;
                String bucket = Long.toUnsignedString(shorter(group.waits(), limit));
                families.sampleOf("_bucket", bucket, "group", name, "le", seconds(limit, US_DIGITS));
            }
            String all = Long.toUnsignedString(shorter(group.waits(), Long.MAX_VALUE));
            families.sampleOf("_bucket", all, "group", name, "le", "+Inf");
            families.sampleOf("_sum", seconds(group.stats().getOrDefault("waited_us", 0L), US_DIGITS), "group", name);
            families.sampleOf("_count", all, "group", name);
        }
    }

    private static long shorter(List<Waits> waits, long limitUs) {
        long sum = 0;
        for (Waits some : waits) {
            if (some.limitUs() <= limitUs) {
                sum += some.count();
            }
        }
        return sum;
    }

    /** In full, as 0.000016: exact, and the same whoever prints it. */
    private static String seconds(long number, int digits) {
        BigDecimal seconds = BigDecimal.valueOf(number, digits).stripTrailingZeros();
        return seconds.scale() <= 0 ? seconds.setScale(1).toPlainString() : seconds.toPlainString();
    }
}
