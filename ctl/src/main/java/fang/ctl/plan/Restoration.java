// SPDX-License-Identifier: Apache-2.0
package fang.ctl.plan;

import fang.ctl.configfs.GroupReader;
import fang.ctl.configfs.GroupStore;
import fang.ctl.model.Attribute;
import fang.ctl.model.Group;
import fang.ctl.model.GroupName;
import fang.ctl.model.GroupSpec;
import fang.ctl.model.RuleSpec;
import fang.ctl.model.ServeSpec;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How some groups were, and the way back there. Fastpath entries and exemptions of processes are not part of it. */
public final class Restoration {
    private final List<GroupSpec> specs = new ArrayList<>();
    private final Map<GroupName, String> labels = new HashMap<>();
    private final List<GroupName> absent = new ArrayList<>();

    /** Remembers groups of these names as they are now, or that there is none. */
    public Restoration(GroupStore store, List<GroupName> names) {
        GroupReader reader = GroupReader.ofSettings(store);
        for (GroupName name : names) {
            Optional<Group> group = reader.read(name);
            if (group.isPresent()) {
                specs.add(spec(group.get()));
                labels.put(name, group.get().label());
            } else {
                absent.add(name);
            }
        }
    }

    private static GroupSpec spec(Group group) {
        Map<Attribute, String> attributes = new EnumMap<>(Attribute.class);
        group.attributes().forEach((attribute, value) -> {
            // What the kernel had not been told cannot be taken back from it.
            if (!value.isEmpty() || attribute == Attribute.REPORT) {
                attributes.put(attribute, value);
            }
        });
        return new GroupSpec(
                group.name(),
                attributes,
                Optional.of(group.enabled()),
                Optional.of(group.definedScopes()),
                Optional.of(group.lastingExemptions()),
                Optional.of(group.rules().inForce().stream()
                        .map(rule -> new RuleSpec(rule, ""))
                        .toList()),
                Optional.of(group.fastpath().max()),
                List.of(),
                ServeSpec.NONE);
    }

    /** Groups that were not there go. */
    public void removeNew(GroupStore store) {
        for (GroupName name : absent) {
            String group = "groups/" + name;
            if (store.exists(group)) {
                store.write(group + "/enabled", "0");
                for (String kind : List.of("scopes", "exemptions", "rules")) {
                    removeItems(store, group + "/" + kind);
                }
                store.remove(group);
            }
        }
    }

    private static void removeItems(GroupStore store, String directory) {
        for (String item : store.exists(directory) ? store.list(directory) : List.<String>of()) {
            store.write(directory + "/" + item + "/enabled", "0");
            store.remove(directory + "/" + item);
        }
    }

    /** From how all is now to how these groups were. */
    public Plan plan(GroupStore store) {
        return Planner.plan(specs, GroupReader.ofSettings(store).readAll());
    }

    public Map<GroupName, String> labels() {
        return labels;
    }
}
