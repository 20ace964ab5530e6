// SPDX-License-Identifier: Apache-2.0
package fang.ctl.configfs;

import fang.ctl.model.AccessRequest;
import fang.ctl.model.AllScope;
import fang.ctl.model.Attribute;
import fang.ctl.model.Errno;
import fang.ctl.model.Group;
import fang.ctl.model.GroupName;
import fang.ctl.model.RawPath;
import fang.ctl.model.Scope;
import fang.ctl.model.ScopeState;
import fang.ctl.model.ScopeType;
import fang.ctl.model.Scopes;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads groups out of configfs into the model. Needs no root, except for {@link #pending}. */
public final class GroupReader {
    private static final RawPath NOWHERE = RawPath.ofText("");

    private final GroupStore store;
    private final RuleReader rules;
    private final CounterReader counters;
    private final boolean whole;

    public GroupReader(GroupStore store) {
        this(store, true);
    }

    private GroupReader(GroupStore store, boolean whole) {
        this.store = store;
        this.rules = whole ? new RuleReader(store) : RuleReader.ofSettings(store);
        this.counters = new CounterReader(store);
        this.whole = whole;
    }

    /**
     * A reader that leaves out what the kernel counts and finds, more than half of a group's files: for what compares
     * settings. All but listeners is then 0, false or empty.
     */
    public static GroupReader ofSettings(GroupStore store) {
        return new GroupReader(store, false);
    }

    public List<GroupName> names() {
        List<GroupName> names = new ArrayList<>();
        for (String name : store.list("groups")) {
            names.add(new GroupName(name));
        }
        return names;
    }

    /** Hears how many groups were read. */
    public interface Progress {
        void at(int done, int all);
    }

    /** All groups; one that goes away meanwhile is left out. */
    public List<Group> readAll() {
        return readAll(null);
    }

    /** The same, with somebody who hears how far it is; null for nobody. */
    public List<Group> readAll(Progress progress) {
        List<Group> groups = new ArrayList<>();
        List<GroupName> names = names();
        for (int i = 0; i < names.size(); i++) {
            if (progress != null) {
                progress.at(i, names.size());
            }
            Optional<Group> group = read(names.get(i));
            if (group.isPresent()) {
                groups.add(group.get());
            }
        }
        return groups;
    }

    /** Absent if there is no such group. */
    public Optional<Group> read(GroupName name) {
        String group = "groups/" + name;
        if (!store.exists(group)) {
            return Optional.empty();
        }
        try {
            Map<Attribute, String> attributes = new EnumMap<>(Attribute.class);
            for (Attribute attribute : Attribute.values()) {
                Optional<String> value = optional(group + "/" + attribute.file());
                if (value.isPresent()) {
                    attributes.put(attribute, value.get());
                }
            }
            var fastpath = new Group.FastpathState(
                    number(group + "/fastpath/max"),
                    whole ? number(group + "/fastpath/count") : 0,
                    whole ? store.readText(group + "/fastpath/generation") : "");
            return Optional.of(new Group(
                    name,
                    attributes,
                    isSet(group + "/enabled"),
                    store.readText(group + "/label"),
                    number(group + "/listeners"),
                    whole && optional(group + "/degraded").orElse("0").equals("1"),
                    whole
                            ? Long.parseUnsignedLong(
                                    optional(group + "/outstanding").orElse("0"))
                            : 0,
                    whole
                            ? Long.parseUnsignedLong(
                                    optional(group + "/queue_count").orElse("0"))
                            : 0,
                    scopes(name),
                    rules.exemptions(name),
                    rules.rules(name),
                    fastpath,
                    whole ? counters.stats(name) : Map.of(),
                    whole ? counters.waits(name) : List.of()));
        } catch (StoreException e) {
            if (!store.exists(group)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Whose it is; empty if nobody's. */
    public String label(GroupName name) {
        return store.readText("groups/" + name + "/label");
    }

    public boolean isEnabled(GroupName name) {
        return isSet("groups/" + name + "/enabled");
    }

    public Scopes scopes(GroupName name) {
        List<ScopeState> scopes = new ArrayList<>();
        String directory = "groups/" + name + "/scopes";
        for (String child : store.list(directory)) {
            String scope = directory + "/" + child;
            scopes.add(new ScopeState(
                    child,
                    scope(child, store.readText(scope + "/type"), store.read(scope + "/path")),
                    whole ? RawPath.parse(store.read(scope + "/resolved")) : NOWHERE,
                    isSet(scope + "/enabled"),
                    whole && isSet(scope + "/active")));
        }
        return new Scopes(scopes);
    }

    private static Optional<Scope> scope(String name, String type, byte[] path) {
        if (name.equals(AllScope.WORD) && type.isEmpty() && path.length == 0) {
            return Optional.of(Scope.ALL);
        }
        Optional<ScopeType> known = ScopeType.ofWord(type);
        return path.length == 0 || known.isEmpty()
                ? Optional.empty()
                : Optional.of(new Scope(known.get(), RawPath.parse(path)));
    }

    /**
     * Requests that wait.
     *
     * @param more how many others wait that the kernel could not list
     */
    public record Pending(List<AccessRequest> requests, long more) {}

    /**
     * Requests that wait, by ascending id.
     *
     * @throws StoreException OPEN, EACCES without root
     */
    public Pending pending(GroupName name) {
        List<AccessRequest> requests = new ArrayList<>();
        long more = 0;
        for (String line : store.readText("groups/" + name + "/pending").split("\n")) {
            String[] words = line.split(" ");
            if (words[0].equals("...")) {
                more = Long.parseLong(words[2]);
            } else if (words.length == 5) {
                requests.add(new AccessRequest(
                        name,
                        Long.parseUnsignedLong(words[0]),
                        words[1],
                        Long.parseLong(words[2]),
                        Long.parseLong(words[3]),
                        words[4]));
            }
        }
        return new Pending(requests, more);
    }

    private Optional<String> optional(String file) {
        try {
            return Optional.of(store.readText(file));
        } catch (StoreException e) {
            if (e.errno() == Errno.ENOENT) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private boolean isSet(String file) {
        return store.readText(file).equals("1");
    }

    private long number(String file) {
        return Long.parseUnsignedLong(store.readText(file));
    }
}
