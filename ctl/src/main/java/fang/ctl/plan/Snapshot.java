// SPDX-License-Identifier: Apache-2.0
package fang.ctl.plan;

import fang.ctl.configfs.GroupStore;
import fang.ctl.configfs.StoreException;
import fang.ctl.configfs.StoreException.Call;
import fang.ctl.model.Attribute;
import fang.ctl.model.ConditionType;
import fang.ctl.model.Errno;
import fang.ctl.model.RawPath;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that was ever written to groups, file by file: names of items, rules that are not in force and what is incomplete
 * are part of it. What the kernel counts, finds and remembers is not, nor are exemptions of processes that are gone, whose
 * numbers may be those of others by now.
 */
public final class Snapshot {
    private static final List<String> ITEMS = List.of("scopes", "exemptions", "rules");

    /** In the order in which they are written. */
    private static final Map<String, List<String>> FILES = Map.of(
            "scopes", List.of("type", "path"),
            "exemptions", List.of("type", "value"),
            "rules", List.of("set", "order", "kinds", "subtree", "uid", "exe", "cgroup", "respond"));

    /** What it says of a path, a cgroup or a process that is gone. */
    private static final List<Errno> GONE = List.of(Errno.ENOENT, Errno.ENOTDIR, Errno.ESRCH);

    /**
     * A group or a part of it.
     *
     * @param gone whether something that it names may be gone
     */
    private record Node(String directory, Map<String, byte[]> files, boolean enabled, boolean gone, List<Node> items) {}

    private final GroupStore store;
    private final List<Node> groups = new ArrayList<>();

    /** Remembers all groups as they are now. */
    public Snapshot(GroupStore store) {
        this.store = store;
        for (String name : store.list("groups")) {
            groups.add(group("groups/" + name));
        }
    }

    private Node group(String directory) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (Attribute attribute : Attribute.values()) {
            put(files, directory, attribute.file());
        }
        for (String file : List.of("label", "fastpath/max", "rules/active_set")) {
            put(files, directory, file);
        }
        List<Node> items = new ArrayList<>();
        for (String kind : ITEMS) {
            String parent = directory + "/" + kind;
            for (String name : store.exists(parent) ? store.list(parent) : List.<String>of()) {
                Node item = item(parent + "/" + name, FILES.get(kind));
                if (!isDeadProcess(item)) {
                    items.add(item);
                }
            }
        }
        return new Node(directory, files, isSet(directory + "/enabled"), false, items);
    }

    private Node item(String directory, List<String> names) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (String name : names) {
            put(files, directory, name);
        }
        boolean enabled = isSet(directory + "/enabled");
        boolean gone = !enabled || !isSet(directory + "/active") || isOfProcess(files);
        return new Node(directory, files, enabled, gone, List.of());
    }

    private boolean isDeadProcess(Node item) {
        return item.enabled() && isOfProcess(item.files()) && !isSet(item.directory() + "/active");
    }

    private static boolean isOfProcess(Map<String, byte[]> files) {
        return Arrays.equals(files.get("type"), ConditionType.TGID.word().getBytes(StandardCharsets.US_ASCII));
    }

    /** Not every module has every file. */
    private void put(Map<String, byte[]> files, String directory, String file) {
        try {
            files.put(file, store.read(directory + "/" + file));
        } catch (StoreException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
    }

    private boolean isSet(String file) {
        return store.readText(file).equals("1");
    }

    public int groups() {
        return groups.size();
    }

    public int enabledGroups() {
        int enabled = 0;
        for (Node group : groups) {
            enabled += group.enabled() ? 1 : 0;
        }
        return enabled;
    }

    /** Disables all groups, then removes them with all that is in them, also what came after the snapshot was made. */
    public static void removeAll(GroupStore store, Runnable checkpoint) {
        List<String> groups = new ArrayList<>();
        for (String name : store.list("groups")) {
            groups.add("groups/" + name);
        }
        for (String group : groups) {
            checkpoint.run();
            store.write(group + "/enabled", "0");
        }
        for (String group : groups) {
            for (String kind : ITEMS) {
                String parent = group + "/" + kind;
                for (String name : store.exists(parent) ? store.list(parent) : List.<String>of()) {
                    checkpoint.run();
                    store.write(parent + "/" + name + "/enabled", "0");
                    store.remove(parent + "/" + name);
                }
            }
            checkpoint.run();
            store.remove(group);
        }
    }

    /**
     * Makes groups as they were, and enables them when all are there. What is there already stays.
     *
     * @return what could not be put back because what it names is gone
     * @throws StoreException if something else is refused, or reads back differently
     */
    public List<String> restore() {
        List<String> left = new ArrayList<>();
        for (Node group : groups) {
            define(group);
            for (Node item : group.items()) {
                restore(item, left);
            }
        }
        for (Node group : groups) {
            enable(group);
        }
        return left;
    }

    private void restore(Node item, List<String> left) {
        try {
            define(item);
            enable(item);
        } catch (StoreException e) {
            if (!item.gone() || !GONE.contains(e.errno())) {
                throw e;
            }
            store.remove(item.directory());
            String[] parts = item.directory().split("/");
            String kind = parts[2].substring(0, parts[2].length() - 1);
            left.add(parts[1] + ": " + kind + " " + parts[3] + " is gone, as " + what(item) + " is");
        }
    }

    private static String what(Node item) {
        for (String file : List.of("path", "value", "subtree", "exe", "cgroup")) {
            byte[] value = item.files().get(file);
            if (value != null && value.length > 0) {
                return (isOfProcess(item.files()) ? "process " : "")
                        + RawPath.parse(value).display();
            }
        }
        return "what it names";
    }

    private void define(Node node) {
        if (!store.exists(node.directory())) {
            store.make(node.directory());
        }
        for (var entry : node.files().entrySet()) {
            write(node.directory() + "/" + entry.getKey(), entry.getValue());
        }
    }

    private void enable(Node node) {
        write(node.directory() + "/enabled", new byte[] {(byte) (node.enabled() ? '1' : '0')});
    }

    private void write(String file, byte[] value) {
        if (Arrays.equals(store.read(file), value)) {
            return;
        }
        store.write(file, value);
        byte[] found = store.read(file);
        if (!Arrays.equals(found, value)) {
            String wanted = RawPath.parse(value).display();
            throw new StoreException(
                    Call.READ,
                    file,
                    Errno.UNKNOWN,
                    "\"" + wanted + "\" was written, \"" + RawPath.parse(found).display() + "\" reads back",
                    wanted);
        }
    }
}
