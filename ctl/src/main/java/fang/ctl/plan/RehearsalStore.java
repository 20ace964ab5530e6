// SPDX-License-Identifier: Apache-2.0
package fang.ctl.plan;

import fang.ctl.configfs.GroupStore;
import fang.ctl.configfs.StoreException;
import fang.ctl.model.Errno;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Reads another store and keeps all changes to itself, so that what may be needed later is loaded by doing it now. */
public final class RehearsalStore implements GroupStore {
    private final GroupStore real;
    private final Map<String, byte[]> written = new HashMap<>();
    private final Set<String> made = new HashSet<>();
    private final Set<String> removed = new HashSet<>();

    public RehearsalStore(GroupStore real) {
        this.real = real;
    }

    @Override
    public String root() {
        return real.root();
    }

    @Override
    public boolean isPresent() {
        return real.isPresent();
    }

    @Override
    public List<String> list(String directory) {
        Set<String> names = new TreeSet<>(made.contains(directory) ? List.of() : real.list(directory));
        for (String one : made) {
            if (one.startsWith(directory + "/")) {
                names.add(one.substring(directory.length() + 1).split("/")[0]);
            }
        }
        names.removeIf(name -> removed.contains(directory + "/" + name));
        return List.copyOf(names);
    }

    @Override
    public boolean exists(String directory) {
        return made.contains(directory) || !removed.contains(directory) && real.exists(directory);
    }

    @Override
    public String identity(String directory) {
        return real.identity(directory);
    }

    @Override
    public void make(String directory) {
        made.add(directory);
        removed.remove(directory);
    }

    @Override
    public void remove(String directory) {
        made.remove(directory);
        removed.add(directory);
        written.keySet().removeIf(file -> file.startsWith(directory + "/"));
    }

    @Override
    public byte[] read(String file) {
        byte[] value = written.get(file);
        if (value != null) {
            return value;
        }
        for (int slash = file.lastIndexOf('/'); slash > 0; slash = file.lastIndexOf('/', slash - 1)) {
            if (made.contains(file.substring(0, slash))) {
                // Of a new scope, rule or exemption: nothing yet; numbers are 0.
                return file.matches(".*/(type|path|value|resolved|kinds|subtree|uid|exe|cgroup|respond)")
                        ? new byte[0]
                        : new byte[] {'0'};
            }
            if (removed.contains(file.substring(0, slash))) {
                throw new StoreException(StoreException.Call.OPEN, file, Errno.ENOENT, "");
            }
        }
        return real.read(file);
    }

    @Override
    public void write(String file, byte[] value) {
        written.put(file, value);
    }
}
