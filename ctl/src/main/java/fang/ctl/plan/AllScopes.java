// SPDX-License-Identifier: Apache-2.0
package fang.ctl.plan;

import fang.ctl.configfs.GroupReader;
import fang.ctl.configfs.GroupStore;
import fang.ctl.configfs.StoreException;
import fang.ctl.model.AllScope;
import fang.ctl.model.Errno;
import fang.ctl.model.GroupName;
import fang.ctl.model.Mount;
import fang.ctl.model.RawPath;
import fang.ctl.model.Scope;
import fang.ctl.model.ScopeState;
import fang.ctl.model.ScopeType;
import fang.ctl.model.Scopes;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Keeps the scopes of groups that cover all in step with the mount table. The kernel says which file systems can be
 * watched; what it refused is remembered for this object's life, and other failures are told when they change.
 */
public final class AllScopes {
    /** Hears what is done and what is not. */
    public interface Listener {
        /** A file system is covered now, or no longer. */
        void changed(String line);

        /** One that should be covered is not. */
        void failed(String line);

        /** Types of file systems that no group can cover, each told once. */
        void refused(Set<String> types);
    }

    private final GroupStore store;
    private final Mounts mounts;
    private final Listener listener;
    private final Set<String> refused = new HashSet<>();
    private final Set<String> refusedTypes = new HashSet<>();

    /** By group and device, what was told last. */
    private final Map<String, String> failures = new HashMap<>();

    public AllScopes(GroupStore store, Mounts mounts, Listener listener) {
        this.store = store;
        this.mounts = mounts;
        this.listener = listener;
    }

    /** Whether {@link #pass()} would do anything. */
    public boolean isDue() throws IOException {
        List<Mount> table = table();
        for (GroupName group : new GroupReader(store).names()) {
            if (!plan(group, table).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** Brings all groups in step. */
    public void pass() throws IOException {
        List<Mount> table = table();
        for (GroupName group : new GroupReader(store).names()) {
            pass(group, table, new Journal(store));
        }
    }

    /** Brings one group in step. */
    public void pass(GroupName group) throws IOException {
        pass(group, table(), new Journal(store));
    }

    /** As part of a larger change, which may undo it. */
    void pass(GroupName group, Journal journal) throws IOException {
        pass(group, table(), journal);
    }

    private List<Mount> table() throws IOException {
        List<Mount> table = mounts.list();
        if (table.isEmpty()) {
            // Not even a root: better to keep what is covered.
            throw new IOException("the mount table is empty");
        }
        return table;
    }

    private AllPlan plan(GroupName group, List<Mount> table) {
        Scopes scopes = new GroupReader(store).scopes(group);
        return AllPlan.of(scopes, table, mounts::isVisible, mount -> refused.contains(key(mount)));
    }

    private void pass(GroupName group, List<Mount> table, Journal journal) {
        forget(group, table);
        AllPlan plan = plan(group, table);
        for (AllPlan.LetGo step : plan.letGo()) {
            letGo(group, step, journal);
        }
        Set<String> types = new TreeSet<>();
        for (AllPlan.Cover step : plan.cover()) {
            cover(group, step, journal, types);
        }
        for (Mount mount : plan.hidden()) {
            failed(
                    group,
                    mount.device(),
                    "does not cover " + text(mount) + ": hidden by another mount, or out of reach");
        }
        types.removeIf(type -> !refusedTypes.add(type));
        if (!types.isEmpty()) {
            listener.refused(types);
        }
    }

    /** Numbers of devices are used again: what is no longer mounted starts anew. */
    private void forget(GroupName group, List<Mount> table) {
        Set<String> devices = new HashSet<>();
        Set<String> keys = new HashSet<>();
        for (Mount mount : table) {
            devices.add(group + " " + mount.device());
            keys.add(key(mount));
        }
        refused.retainAll(keys);
        failures.keySet().removeIf(key -> key.startsWith(group + " ") && !devices.contains(key));
    }

    private void letGo(GroupName group, AllPlan.LetGo step, Journal journal) {
        ScopeState state = step.state();
        String path = state.scope().map(scope -> scope.path().display()).orElse(state.name());
        String device = AllScope.device(state.name()).orElseThrow();
        Journal own = journal.nested();
        try {
            own.removeScope("groups/" + group, state);
        } catch (StoreException e) {
            own.rollBack();
            failed(group, device, "cannot let go of " + path + ": " + why(e));
            return;
        }
        journal.adopt(own);
        failures.remove(group + " " + device);
        listener.changed(group + ": let go of " + path + ": " + step.why());
    }

    private void cover(GroupName group, AllPlan.Cover step, Journal journal, Set<String> types) {
        Mount mount = step.mount();
        Journal own = journal.nested();
        try {
            own.addItem(
                    "groups/" + group + "/scopes/" + freeName(group, mount),
                    Items.of(new Scope(ScopeType.FILESYSTEM, mount.point())));
            if (!mounts.isVisible(mount)) {
                // It went, or was hidden, while the path was looked up: the next pass sees what is there.
                own.rollBack();
                return;
            }
            if (step.replaced() != null) {
                own.removeScope("groups/" + group, step.replaced());
            }
        } catch (StoreException e) {
            own.rollBack();
            if (e.errno() == Errno.EOPNOTSUPP) {
                refused.add(key(mount));
                types.add(mount.type());
            } else if (mounts.isVisible(mount)) {
                failed(group, mount.device(), "cannot cover " + text(mount) + ": " + why(e));
            }
            return;
        }
        journal.adopt(own);
        failures.remove(group + " " + mount.device());
        listener.changed(group + ": covers " + text(mount) + instead(step.replaced()));
    }

    private String freeName(GroupName group, Mount mount) {
        int number = 1;
        while (store.exists("groups/" + group + "/scopes/" + AllScope.name(mount.device(), number))) {
            number++;
        }
        return AllScope.name(mount.device(), number);
    }

    private static String instead(ScopeState replaced) {
        return replaced == null
                ? ""
                : ", no longer as "
                        + replaced.scope()
                                .map(Scope::path)
                                .map(RawPath::display)
                                .orElse(replaced.name());
    }

    private void failed(GroupName group, String device, String line) {
        if (!line.equals(failures.put(group + " " + device, line))) {
            listener.failed(group + ": " + line);
        }
    }

    private static String key(Mount mount) {
        return mount.device() + " " + mount.type();
    }

    /** {@code /mnt/usb (ext4, 8:17)}. */
    private static String text(Mount mount) {
        return mount.point().display() + " (" + mount.type() + ", " + mount.device() + ")";
    }

    private static String why(StoreException e) {
        return e.errno() == Errno.UNKNOWN ? e.detail() : e.errno() + ": " + e.detail();
    }
}
