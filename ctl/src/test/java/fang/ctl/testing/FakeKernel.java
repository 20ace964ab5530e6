// SPDX-License-Identifier: Apache-2.0
package fang.ctl.testing;

import fang.ctl.configfs.GroupStore;
import fang.ctl.configfs.StoreException;
import fang.ctl.configfs.StoreException.Call;
import fang.ctl.model.Attribute;
import fang.ctl.model.Errno;
import fang.ctl.model.RawPath;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiPredicate;

/** Fang's directory in memory, with the kernel's validation as far as the tool can tell the difference. */
public final class FakeKernel implements GroupStore {
    private static final List<String> STATS = List.of("asked", "settled", "max_wait_ms");

    /** File to value; a directory is a key that ends in a slash. */
    private final TreeMap<String, String> nodes = new TreeMap<>();

    private final Map<String, String> garbled = new TreeMap<>();
    private final List<String> forbidden = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private BiPredicate<Integer, String> refuse = (n, file) -> false;
    private Errno refusal = Errno.ENOMEM;
    private final Map<String, String> identities = new TreeMap<>();
    private int changes;
    private long operations;
    private boolean present = true;

    /** Without the module. */
    public static FakeKernel absent() {
        FakeKernel kernel = new FakeKernel();
        kernel.present = false;
        return kernel;
    }

    public FakeKernel() {
        nodes.put("abi", "1 1");
        nodes.put("features", "open_access read_access wait_outside_srcu");
        nodes.put("groups/", "");
    }

    /** The module goes. */
    public void unload() {
        present = false;
    }

    /** The module comes, and is new to everything. */
    void load() {
        nodes.subMap("groups/", false, "groups0", false).clear();
        present = true;
    }

    /** Every change from now on that the predicate (its number from 1, its path) accepts fails. */
    public void refuse(Errno errno, BiPredicate<Integer, String> predicate) {
        refusal = errno;
        refuse = predicate;
        changes = 0;
    }

    /** Changes that were tried since {@link #refuse}. */
    public int changes() {
        return changes;
    }

    /** How often it was asked or told anything. */
    public long operations() {
        return operations;
    }

    /** All that was written, as {@code FILE=VALUE}, made and removed. */
    public List<String> log() {
        return log;
    }

    /** All files and directories; equal maps are equal states. */
    public Map<String, String> state() {
        return new TreeMap<>(nodes);
    }

    /** Back to an earlier {@link #state}. */
    public void restore(Map<String, String> state) {
        nodes.clear();
        nodes.putAll(state);
    }

    /** From now on the file keeps this value, whatever is written to it. */
    public void garble(String file, String value) {
        garbled.put(file, value);
    }

    /** From now on only root could read this file. */
    public void forbid(String file) {
        forbidden.add(file);
    }

    /** Sets what only the kernel can. */
    public void put(String file, String value) {
        nodes.put(file, value);
    }

    @Override
    public String root() {
        return "/sys/kernel/config/fang";
    }

    @Override
    public boolean isPresent() {
        return present;
    }

    @Override
    public List<String> list(String directory) {
        operations++;
        if (!nodes.containsKey(directory + "/")) {
            throw new StoreException(Call.LIST, directory, Errno.ENOENT, "");
        }
        String prefix = directory + "/";
        List<String> names = new ArrayList<>();
        for (String node = nodes.higherKey(prefix); node != null && node.startsWith(prefix); ) {
            int end = node.indexOf('/', prefix.length());
            if (end > 0) {
                names.add(node.substring(prefix.length(), end));
            }
            // Past all that is below, as a thousand groups have many files; 0 comes next to the slash.
            node = end > 0 ? nodes.ceilingKey(node.substring(0, end) + "0") : nodes.higherKey(node);
        }
        names.sort(null);
        return names;
    }

    @Override
    public boolean exists(String directory) {
        operations++;
        return nodes.containsKey(directory + "/");
    }

    @Override
    public String identity(String directory) {
        if (!exists(directory)) {
            throw new StoreException(Call.LIST, directory, Errno.ENOENT, "");
        }
        return identities.getOrDefault(directory, "0");
    }

    @Override
    public void make(String directory) {
        change(Call.MAKE, directory, "");
        if (exists(directory)) {
            throw new StoreException(Call.MAKE, directory, Errno.EEXIST, "");
        }
        nodes.put(directory + "/", "");
        identities.put(directory, Long.toString(operations));
        if (directory.matches("groups/[^/]+")) {
            makeGroup(directory);
        } else if (directory.matches("groups/[^/]+/scopes/[^/]+")) {
            for (String file : List.of("type", "path", "resolved")) {
                nodes.put(directory + "/" + file, "");
            }
            nodes.put(directory + "/enabled", "0");
            nodes.put(directory + "/active", "0");
        } else if (FakeItems.make(directory, nodes)) {
            return;
        } else {
            throw new StoreException(Call.MAKE, directory, Errno.EPERM, "");
        }
    }

    private void makeGroup(String group) {
        for (Attribute attribute : Attribute.values()) {
            nodes.put(group + "/" + attribute.file(), attribute.defaultValue());
        }
        for (String child : List.of("scopes", "exemptions", "rules", "fastpath", "stats")) {
            nodes.put(group + "/" + child + "/", "");
        }
        Map<String, String> others = Map.of(
                "enabled",
                "0",
                "label",
                "",
                "listeners",
                "0",
                "respond",
                "",
                "pending",
                "",
                "fastpath/max",
                "1048576",
                "fastpath/count",
                "0",
                "fastpath/generation",
                "1",
                "fastpath/add",
                "",
                "fastpath/remove",
                "");
        others.forEach((file, value) -> nodes.put(group + "/" + file, value));
        nodes.put(group + "/fastpath/flush", "");
        nodes.put(group + "/rules/active_set", "0");
        List.of("degraded", "outstanding", "queue_count").forEach(file -> nodes.put(group + "/" + file, "0"));
        nodes.put(group + "/denials", "");
        STATS.forEach(stat -> nodes.put(group + "/stats/" + stat, "0"));
        nodes.put(group + "/stats/latency_us", "");
    }

    @Override
    public void remove(String directory) {
        change(Call.REMOVE, directory, "");
        if (!exists(directory)) {
            throw new StoreException(Call.REMOVE, directory, Errno.ENOENT, "");
        }
        if ("1".equals(nodes.get(directory + "/enabled"))) {
            throw new StoreException(Call.REMOVE, directory, Errno.EBUSY, "");
        }
        for (String kind : List.of("/scopes", "/exemptions", "/rules")) {
            if (directory.matches("groups/[^/]+") && !list(directory + kind).isEmpty()) {
                throw new StoreException(Call.REMOVE, directory, Errno.ENOTEMPTY, "");
            }
        }
        nodes.subMap(directory + "/", directory + "0").clear();
    }

    @Override
    public byte[] read(String file) {
        operations++;
        if (!nodes.containsKey(file) || forbidden.contains(file)) {
            throw new StoreException(Call.OPEN, file, nodes.containsKey(file) ? Errno.EACCES : Errno.ENOENT, "");
        }
        return nodes.get(file).getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void write(String file, byte[] bytes) {
        String value = new String(bytes, StandardCharsets.ISO_8859_1);
        if (!nodes.containsKey(file)) {
            throw new StoreException(Call.OPEN, file, Errno.ENOENT, value);
        }
        change(Call.WRITE, file, value);
        log.add(file + "=" + value);
        String directory = file.substring(0, file.lastIndexOf('/'));
        String name = file.substring(file.lastIndexOf('/') + 1);
        if (directory.matches("groups/[^/]+/(rules|exemptions)(/.*)?")) {
            FakeItems.write(directory, name, value, nodes);
        } else if (directory.contains("/scopes/")) {
            FakeItems.writeScope(directory, name, value, nodes);
        } else if (directory.endsWith("/fastpath")) {
            writeFastpath(directory, name, value);
        } else {
            writeGroup(directory, name, value);
        }
    }

    private void writeGroup(String group, String name, String value) {
        boolean enabled = nodes.get(group + "/enabled").equals("1");
        String file = group + "/" + name;
        if (name.equals("enabled")) {
            if (value.equals("1") && !enabled) {
                validate(group);
            }
        } else if (name.equals("respond")) {
            respond(file, value);
            return;
        } else if (!name.equals("label")) {
            Attribute attribute = Arrays.stream(Attribute.values())
                    .filter(a -> a.file().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new StoreException(Call.OPEN, file, Errno.EACCES, value));
            if (enabled && (attribute.isFixedWhileEnabled() || attribute == Attribute.MASK && value.isEmpty())) {
                throw new StoreException(Call.WRITE, file, Errno.EBUSY, value);
            }
            if (value.isEmpty() && attribute == Attribute.PRIORITY) {
                throw new StoreException(Call.WRITE, file, Errno.EINVAL, value);
            }
        }
        nodes.put(file, garbled.getOrDefault(file, value));
    }

    private void validate(String group) {
        String priority = nodes.get(group + "/priority");
        if (priority.isEmpty() || nodes.get(group + "/mask").isEmpty()) {
            throw new StoreException(Call.WRITE, group + "/enabled", Errno.EINVAL, "1");
        }
        long before = operations;
        for (String other : list("groups")) {
            String path = "groups/" + other;
            operations = before;
            if (!path.equals(group)
                    && nodes.get(path + "/enabled").equals("1")
                    && nodes.get(path + "/priority").equals(priority)) {
                throw new StoreException(Call.WRITE, group + "/enabled", Errno.EEXIST, "1");
            }
        }
    }

    /** Knows the requests in {@code pending}. */
    private void respond(String file, String value) {
        String pending = file.substring(0, file.lastIndexOf('/')) + "/pending";
        String id = value.split(" ")[0];
        List<String> lines = new ArrayList<>(List.of(nodes.get(pending).split("\n")));
        if (!lines.removeIf(line -> line.startsWith(id + " "))) {
            throw new StoreException(Call.WRITE, file, Errno.ENOENT, value);
        }
        nodes.put(pending, String.join("\n", lines));
    }

    private void writeFastpath(String fastpath, String name, String value) {
        if (name.equals("max")) {
            nodes.put(fastpath + "/max", value);
        } else if (name.equals("add") && value.contains("busy")) {
            throw new StoreException(Call.WRITE, fastpath + "/add", Errno.ETXTBSY, value);
        }
    }

    private void change(Call call, String path, String value) {
        changes++;
        operations++;
        if (refuse.test(changes, path)) {
            throw new StoreException(call, path, refusal, value);
        }
    }

    /** The path of the only scope of its kind, for assertions. */
    public List<RawPath> scopePaths(String group) {
        return list("groups/" + group + "/scopes").stream()
                .map(scope -> RawPath.parse(read("groups/" + group + "/scopes/" + scope + "/path")))
                .toList();
    }
}
