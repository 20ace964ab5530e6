// SPDX-License-Identifier: Apache-2.0
package fang.ctl.configfs;

import fang.ctl.abi.AbiRange;
import fang.ctl.model.Attribute;
import fang.ctl.model.Durations;
import fang.ctl.model.ExemptionState;
import fang.ctl.model.Finding;
import fang.ctl.model.Group;
import fang.ctl.model.GroupName;
import fang.ctl.model.ModuleBuild;
import fang.ctl.model.RuleState;
import fang.ctl.model.ScopeState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Looks through the module and its groups for what an admin would want to know. Reads configfs and sysfs alone. */
public final class Diagnosis {
    /** The largest queue_max and access_max that the kernel takes. */
    private static final long MOST = 1_048_576;

    private final GroupStore store;
    private final Path module;
    private final InstalledKernels kernels;
    private final boolean followed;
    private final ModuleBuild installed;
    private final List<Finding> findings = new ArrayList<>();
    private List<Group> groups = List.of();

    /**
     * @param module the module's directory in sysfs
     * @param modules where kernels have their modules
     * @param followed whether somebody follows the mount table for groups that cover all
     * @param installed what modprobe would load; null if nothing
     */
    public Diagnosis(GroupStore store, Path module, Path modules, boolean followed, ModuleBuild installed) {
        this.installed = installed;
        this.followed = followed;
        this.kernels = new InstalledKernels(modules);
        this.store = store;
        this.module = module;
    }

    /** Whether an older kernel has the module and the newest one has not, so that it would be gone after a boot. */
    public static boolean isNextKernelWithout(Path modules) {
        return new InstalledKernels(modules).newestWithout().isPresent();
    }

    /** All that was found, the module first, then groups by name. */
    public List<Finding> run() {
        if (!store.isPresent()) {
            if (Files.isDirectory(module)) {
                find(
                        "configfs",
                        null,
                        "the module is loaded, but " + store.root() + " is not there",
                        "mount -t configfs none /sys/kernel/config");
            } else {
                find("module", null, "the module is not loaded: nothing is guarded", "modprobe fang");
            }
            return findings;
        }
        checkModule();
        groups = new GroupReader(store).readAll();
        groups.forEach(this::checkGroup);
        return findings;
    }

    /** For a healthy machine. */
    public String summary() {
        return "module loaded, " + groups.size() + (groups.size() == 1 ? " group" : " groups");
    }

    /** All groups, as {@link #run} found them. */
    public List<Group> groups() {
        return groups;
    }

    private void checkModule() {
        AbiRange abi = AbiRange.parse(store.readText("abi"));
        if (!abi.fits()) {
            find(
                    "abi",
                    null,
                    "the module speaks " + abi + ", which this fangctl does not",
                    "install matching versions of both");
        }
        if (new LoadedModule(module).parameter("enforce").equals("N")) {
            find(
                    "enforce",
                    null,
                    "enforce is off: every access request is allowed at once",
                    "echo Y > " + module + "/parameters/enforce");
        }
        ModuleBuild loaded = new LoadedModule(module).build();
        if (installed != null && installed.isKnown() && !installed.equals(loaded)) {
            find(
                    "other_module",
                    null,
                    "the loaded module is " + loaded.text(installed) + ", the installed one " + installed.text(loaded),
                    "fangctl reload-module --allow-gap");
        }
        if (!Arrays.asList(store.readText("features").split(" ")).contains("wait_outside_srcu")) {
            find(
                    "features",
                    null,
                    "this kernel cannot wait without holding up other watchers of files: timeouts are capped",
                    "use a kernel that the README names as supported");
        }
        kernels.newestWithout()
                .ifPresent(release -> find(
                        "next_kernel",
                        null,
                        "the newest installed kernel, " + release + ", has no fang.ko: after a boot nothing is guarded",
                        "apt install linux-headers-" + release + "; or dkms autoinstall -k " + release));
    }

    private void checkGroup(Group group) {
        GroupName name = group.name();
        if (!group.enabled()) {
            // Somebody meant it so.
            return;
        }
        if (group.scopes().states().isEmpty()) {
            find("no_scope", name, "no scope: it hears nothing", "fangctl scope add " + name + " subtree=DIR");
        }
        for (ScopeState state : group.scopes().named()) {
            if (!state.active() && !state.isAll()) {
                String scope = state.scope().map(Object::toString).orElse(state.name());
                find(
                        "inactive_scope",
                        name,
                        scope + " is inactive (" + (state.enabled() ? "deleted or unmounted" : "not enabled") + ")",
                        "fangctl scope list " + name + ", then remove it and add it again");
            }
        }
        if (group.scopes().hasAll() && !followed) {
            find(
                    "not_followed",
                    name,
                    "NOT FOLLOWED: it covers all, but no fangctl scope follow runs, so what is mounted later is not covered",
                    "fangctl scope follow, as a service");
        }
        checkItems(group);
        if (group.listeners() == 0) {
            noListener(group);
        }
        checkLimits(group);
        checkOutstanding(group);
        if (group.degraded()) {
            find(
                    "degraded",
                    name,
                    "degraded: its listeners did not respond " + group.get(Attribute.MAX_TIMEOUTS)
                            + " times, so on_timeout (" + group.get(Attribute.ON_TIMEOUT)
                            + ") settles requests at once",
                    "restart its listener; fangctl pending " + name + " shows the request that is tried");
        }
        if (group.get(Attribute.PERMISSIVE).equals("1")) {
            find(
                    "permissive",
                    name,
                    "permissive: what would be denied is allowed",
                    "fangctl set " + name + " permissive=false");
        }
    }

    /** Three quarters: there is time left to do something. */
    private static boolean isNear(long count, long max) {
        return count >= max - max / 4;
    }

    private void checkLimits(Group group) {
        GroupName name = group.name();
        long queueMax = Long.parseLong(group.get(Attribute.QUEUE_MAX));
        if (isNear(group.queueCount(), queueMax)) {
            find(
                    "near_queue_max",
                    name,
                    group.queueCount() + " of at most " + queueMax
                            + " notifications are queued: its listeners are too slow; what comes beyond that is lost",
                    "start one more listener, which shares the work; or fangctl set " + name + " queue_max="
                            + Math.min(2 * queueMax, MOST));
        }
        long accessMax = Long.parseLong(group.get(Attribute.ACCESS_MAX));
        if (group.pending() > 0 && isNear(group.pending(), accessMax)) {
            find(
                    "near_access_max",
                    name,
                    group.pending() + " of at most " + accessMax
                            + " access requests wait; what comes beyond that on_overflow settles ("
                            + group.get(Attribute.ON_OVERFLOW) + ")",
                    "fangctl pending " + name + " shows who waits and which listener has read it; start one more; or"
                            + " fangctl set " + name + " access_max=" + Math.min(2 * accessMax, MOST));
        }
    }

    private void checkOutstanding(Group group) {
        GroupName name = group.name();
        long max = Long.parseLong(group.get(Attribute.QUEUE_MAX));
        if (group.coalesces() && isNear(group.outstanding(), max)) {
            find(
                    "not_cleared",
                    name,
                    group.outstanding() + " of at most " + max
                            + " records of writes are outstanding: its listener does not clear; beyond that each write is told",
                    "let the listener clear what it has dealt with, as fangctl listen " + name
                            + " does, or restart it");
        }
    }

    private void checkItems(Group group) {
        GroupName name = group.name();
        for (ExemptionState state : group.exemptions()) {
            if (!state.active()) {
                find(
                        "inactive_exemption",
                        name,
                        "exemption " + state.text() + " is inactive (" + why(state.enabled()) + ")",
                        "fangctl exemption remove " + name + " " + state.name());
            }
        }
        for (RuleState state : group.rules().ofActiveSet()) {
            if (!state.active()) {
                find(
                        "inactive_rule",
                        name,
                        "rule " + state.name() + " (" + state.text() + ") is inactive (" + why(state.enabled()) + ")",
                        "fangctl rule remove " + name + " " + state.name() + ", or add it again");
            }
        }
        int others = group.rules().ofOtherSets().size();
        if (others > 0) {
            find(
                    "unused_rules",
                    name,
                    others + (others == 1 ? " rule is" : " rules are") + " in sets that are not in force",
                    "fangctl rule remove " + name + " --inactive");
        }
    }

    private static String why(boolean enabled) {
        return enabled ? "what it names is gone" : "not enabled";
    }

    private void noListener(Group group) {
        GroupName name = group.name();
        String remedy = "fangctl listen " + name + ", or start its listener";
        String otherwise = group.get(Attribute.ON_NO_LISTENER);
        if (!group.asks()) {
            find("no_listener", name, "no listener: nobody hears of its events", remedy);
        } else if (otherwise.equals("deny")) {
            find(
                    "denies_without_listener",
                    name,
                    "no listener, and on_no_listener is deny: every access is refused",
                    remedy + "; or fangctl set " + name + " on_no_listener=allow");
        } else if (otherwise.equals("wait")) {
            String timeout = Durations.format(Long.parseLong(group.get(Attribute.TIMEOUT)));
            find(
                    "no_listener",
                    name,
                    "no listener: every access waits " + timeout + ", then on_timeout ("
                            + group.get(Attribute.ON_TIMEOUT) + ") settles it",
                    remedy);
        } else {
            find("no_listener", name, "no listener: every access is allowed unseen", remedy);
        }
    }

    private void find(String check, GroupName group, String message, String remedy) {
        findings.add(new Finding(check, group, message, remedy));
    }

    /** The checks' words, for documentation and tests. */
    public static Stream<String> checks() {
        return Stream.of(
                "module",
                "configfs",
                "abi",
                "enforce",
                "features",
                "next_kernel",
                "other_module",
                "no_scope",
                "inactive_scope",
                "not_followed",
                "no_listener",
                "denies_without_listener",
                "near_queue_max",
                "near_access_max",
                "not_cleared",
                "missing_exemption",
                "inactive_exemption",
                "inactive_rule",
                "unused_rules",
                "degraded",
                "permissive");
    }
}
