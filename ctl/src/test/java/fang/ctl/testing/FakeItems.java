// SPDX-License-Identifier: Apache-2.0
package fang.ctl.testing;

import fang.ctl.configfs.StoreException;
import fang.ctl.configfs.StoreException.Call;
import fang.ctl.model.Errno;
import java.util.List;
import java.util.Map;

/** The rules and exemptions of {@link FakeKernel}. */
final class FakeItems {
    private FakeItems() {}

    /** False if the directory is no rule and no exemption. */
    static boolean make(String directory, Map<String, String> nodes) {
        boolean rule = directory.matches("groups/[^/]+/rules/[^/]+");
        if (!rule && !directory.matches("groups/[^/]+/exemptions/[^/]+")) {
            return false;
        }
        List<String> unset =
                rule ? List.of("kinds", "subtree", "uid", "exe", "cgroup", "respond") : List.of("type", "value");
        unset.forEach(file -> nodes.put(directory + "/" + file, ""));
        List<String> zero =
                rule ? List.of("enabled", "set", "order", "hits", "active") : List.of("enabled", "hits", "active");
        zero.forEach(file -> nodes.put(directory + "/" + file, "0"));
        return true;
    }

    static void write(String directory, String name, String value, Map<String, String> nodes) {
        String file = directory + "/" + name;
        Errno errno = directory.endsWith("/rules") ? null : errno(directory, name, value, nodes);
        if (errno != null) {
            throw new StoreException(Call.WRITE, file, errno, value);
        }
        nodes.put(file, value);
        if (name.equals("enabled")) {
            nodes.put(directory + "/active", value);
        }
    }

    private static Errno errno(String directory, String name, String value, Map<String, String> nodes) {
        boolean exemption = directory.contains("/exemptions/");
        boolean enabled = nodes.get(directory + "/enabled").equals("1");
        if (name.equals("enabled")) {
            String needed = nodes.get(directory + (exemption ? "/value" : "/respond"));
            return value.equals("1") && needed.isEmpty() ? Errno.EINVAL : null;
        }
        if (List.of("hits", "active").contains(name)) {
            return Errno.EACCES;
        }
        if (enabled) {
            return Errno.EBUSY;
        }
        if (exemption && name.equals("value") && nodes.get(directory + "/type").isEmpty()) {
            return Errno.EINVAL;
        }
        return value.startsWith("/missing") ? Errno.ENOENT : value.equals("666") ? Errno.ESRCH : null;
    }
}
