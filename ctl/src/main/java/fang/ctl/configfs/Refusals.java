// SPDX-License-Identifier: Apache-2.0
package fang.ctl.configfs;

import fang.ctl.configfs.StoreException.Call;
import fang.ctl.model.Attribute;
import fang.ctl.model.Errno;
import fang.ctl.model.Failure;
import fang.ctl.model.Failure.Kind;
import fang.ctl.model.Group;
import fang.ctl.model.GroupName;
import fang.ctl.model.Printable;
import fang.ctl.model.Problem;
import fang.ctl.model.RawPath;
import fang.ctl.model.Suggestions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Turns what configfs refused into one clear line with a remedy. The only place that knows why the kernel says no. */
public final class Refusals {
    /** Directories of a group's items, and what one is called. */
    private static final Map<String, String> ITEMS =
            Map.of("scopes", "scope", "rules", "rule", "exemptions", "exemption");

    private final GroupStore store;

    public Refusals(GroupStore store) {
        this.store = store;
    }

    /** If the module is not there. */
    public static Failure moduleAbsent(GroupStore store) {
        return new Failure(
                Kind.MODULE, "the module is not loaded (no " + store.root() + "/groups). Try: modprobe fang");
    }

    /** If there is no such group. */
    public Failure noGroup(String name) {
        List<String> names = store.list("groups");
        return new Failure(
                Kind.REFUSED,
                Problem.of(
                        Errno.ENOENT,
                        "no group \"" + Printable.of(name) + "\"" + Suggestions.hint(name, names)
                                + ". Try: fangctl list"));
    }

    /** What to tell the admin. */
    public Failure explain(StoreException e) {
        if (e.errno() == Errno.EACCES || e.errno() == Errno.EPERM && e.call() != Call.WRITE) {
            boolean reading =
                    e.call() == Call.READ || e.call() == Call.OPEN && e.value().isEmpty();
            return new Failure(
                    Kind.PERMISSION,
                    "no permission to " + (reading ? "read " + store.root() + "/" + e.file() : "write " + store.root())
                            + " (run as root). list, show, stats, check, diff work without");
        }
        if (!store.isPresent()) {
            return moduleAbsent(store);
        }
        String[] parts = e.file().split("/");
        String group = parts.length > 1 ? parts[1] : "";
        if (e.errno() == Errno.ENOENT
                && e.call() != Call.WRITE
                && !group.isEmpty()
                && !store.exists("groups/" + group)) {
            return noGroup(group);
        }
        boolean item = parts.length > 3 && ITEMS.containsKey(parts[2]);
        return item ? item(e, group, ITEMS.get(parts[2])) : group(e, group);
    }

    private Failure group(StoreException e, String group) {
        if (e.call() == Call.MAKE) {
            return refused(
                    e,
                    "create " + group,
                    switch (e.errno()) {
                        case EEXIST -> "the group exists. Try: fangctl set " + group + " KEY=VALUE";
                        case ENOSPC -> "the module takes no more groups. Try: fangctl list, and delete some";
                        default -> detail(e);
                    });
        }
        if (e.call() == Call.REMOVE) {
            return refused(
                    e,
                    "delete " + group,
                    e.errno() == Errno.EBUSY ? group + " is enabled. Try: fangctl disable " + group : detail(e));
        }
        if (e.call() == Call.WRITE && e.attribute().equals("enabled")) {
            return refused(e, (e.value().equals("1") ? "enable " : "disable ") + group, enabling(e, group));
        }
        if (e.call() == Call.OPEN && e.errno() == Errno.ENOENT) {
            return refused(e, e.file(), "this module does not have it; is it older than fangctl?");
        }
        return refused(e, "set " + group + " " + keyValue(e), attribute(e, group));
    }

    private String attribute(StoreException e, String group) {
        String value = displayValue(e);
        return switch (e.errno()) {
            case EBUSY -> "fixed while " + group + " is enabled. Try: --allow-gap, or fangctl disable " + group;
            case EINVAL -> "the kernel does not accept " + value;
            case ERANGE -> value + " is out of this kernel's bounds; see " + store.root() + "/features";
            case E2BIG -> "longer than " + ConfigfsStore.VALUE_MAX + " bytes";
            default -> detail(e);
        };
    }

    private String enabling(StoreException e, String group) {
        if (e.errno() == Errno.EEXIST) {
            return taken(group);
        }
        if (e.errno() != Errno.EINVAL) {
            return detail(e);
        }
        for (Attribute attribute : List.of(Attribute.PRIORITY, Attribute.MASK)) {
            if (store.readText("groups/" + group + "/" + attribute.file()).isEmpty()) {
                return attribute.key() + " is not set. Try: fangctl set " + group + " " + attribute.key() + "="
                        + (attribute == Attribute.PRIORITY ? "10" : "close_write");
            }
        }
        return detail(e);
    }

    private String taken(String group) {
        String priority = store.readText("groups/" + group + "/priority");
        return taken(new GroupReader(store).readAll(), new GroupName(group), priority);
    }

    /** Who has the priority that the group wants, and which one is free. */
    public static String taken(List<Group> groups, GroupName wanting, String priority) {
        Set<Long> used = new TreeSet<>();
        String holder = "another group";
        for (Group other : groups) {
            String value = other.get(Attribute.PRIORITY);
            if (!other.name().equals(wanting) && other.enabled() && !value.isEmpty()) {
                used.add(Long.parseLong(value));
                holder = value.equals(priority) ? other.name().text() : holder;
            }
        }
        long free = Long.parseLong(priority);
        while (used.contains(free)) {
            free++;
        }
        return "priority " + priority + " is taken by " + holder + "; free: " + free + ". Try: fangctl set " + wanting
                + " priority=" + free;
    }

    private Failure item(StoreException e, String group, String kind) {
        String value = itemValue(e, kind);
        String why = switch (e.errno()) {
            case ENOENT -> value + (isCgroup(e) ? " is no cgroup" : " does not exist");
            case ESRCH -> "no process " + value;
            case ENOTDIR -> value + " is no directory, which a subtree needs";
            case EOPNOTSUPP -> "the file system of " + value + " cannot be watched; the kernel's log says why";
            case EINVAL -> "the kernel does not accept " + value;
            case EEXIST -> "there is " + (kind.equals("exemption") ? "an " : "a ") + kind + " of this name";
            case EBUSY -> "the " + kind + " is enabled";
            default -> detail(e);
        };
        String verb = e.call() == Call.REMOVE ? " remove " : " add ";
        return refused(e, kind + verb + group, why);
    }

    private boolean isCgroup(StoreException e) {
        String directory = e.file().substring(0, e.file().lastIndexOf('/'));
        return e.attribute().equals("cgroup")
                || e.attribute().equals("value")
                        && store.readText(directory + "/type").equals("cgroup");
    }

    private String itemValue(StoreException e, String kind) {
        if (e.call() == Call.WRITE && !e.attribute().equals("enabled")) {
            return RawPath.parse(e.value()).display();
        }
        String name = e.file().split("/")[3];
        try {
            return kind.equals("scope")
                    ? RawPath.parse(store.read(e.file().split("/scopes/")[0] + "/scopes/" + name + "/path"))
                            .display()
                    : kind + " " + name;
        } catch (StoreException unreadable) {
            return kind + " " + name;
        }
    }

    private static String keyValue(StoreException e) {
        Attribute attribute = attribute(e);
        String key = attribute == null ? e.attribute() : attribute.key();
        return e.value().isEmpty() ? key : key + "=" + displayValue(e);
    }

    private static String displayValue(StoreException e) {
        Attribute attribute = attribute(e);
        return Printable.of(attribute == null ? e.value() : attribute.display(e.value()));
    }

    private static Attribute attribute(StoreException e) {
        return Arrays.stream(Attribute.values())
                .filter(attribute -> attribute.file().equals(e.attribute()))
                .findFirst()
                .orElse(null);
    }

    private static String detail(StoreException e) {
        return Printable.of(e.detail());
    }

    private static Failure refused(StoreException e, String what, String why) {
        return new Failure(Kind.REFUSED, new Problem(null, what, e.errno(), why));
    }
}
