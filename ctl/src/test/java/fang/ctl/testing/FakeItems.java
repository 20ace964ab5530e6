// SPDX-License-Identifier: Apache-2.0
package fang.ctl.testing;

import fang.ctl.configfs.StoreException;
import fang.ctl.configfs.StoreException.Call;
import fang.ctl.model.Errno;
import fang.ctl.model.ScopeType;
import java.util.List;
import java.util.Map;

/** The scopes, rules and exemptions of {@link FakeKernel}. */
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

    static void writeScope(String scope, String name, String value, Map<String, String> nodes) {
        boolean enabled = nodes.get(scope + "/enabled").equals("1");
        Errno errno = null;
        switch (name) {
            case "enabled" -> {
                boolean complete = !nodes.get(scope + "/type").isEmpty()
                        && !nodes.get(scope + "/path").isEmpty();
                boolean pseudo = nodes.get(scope + "/path").matches("/(proc|sys)(/.*)?");
                errno = !value.equals("1") ? null : !complete ? Errno.EINVAL : pseudo ? Errno.EOPNOTSUPP : null;
            }
            case "type" ->
                errno = enabled ? Errno.EBUSY : ScopeType.ofWord(value).isEmpty() ? Errno.EINVAL : null;
            case "path" -> errno = enabled ? Errno.EBUSY : value.startsWith("/missing") ? Errno.ENOENT : null;
            default -> errno = Errno.EACCES;
        }
        if (errno != null) {
            throw new StoreException(Call.WRITE, scope + "/" + name, errno, value);
        }
        nodes.put(scope + "/" + name, value);
        if (name.equals("path")) {
            nodes.put(scope + "/resolved", value);
        } else if (name.equals("enabled")) {
            nodes.put(scope + "/active", value);
        }
    }
}
