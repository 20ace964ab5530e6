// SPDX-License-Identifier: Apache-2.0
package fang.ctl.configfs;

import fang.ctl.model.Attribute;
import fang.ctl.model.Group;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Tells whether groups do now what they are for. */
public final class Protection {
    private final boolean enforced;
    private final boolean followed;

    /**
     * Reads the module's switch.
     *
     * @param module the module's directory in sysfs
     * @param followed whether somebody follows the mount table for groups that cover all
     */
    public Protection(Path module, boolean followed) {
        this.followed = followed;
        enforced = !new LoadedModule(module).parameter("enforce").equals("N");
    }

    /** Whether the module's parameter lets responses count. */
    public boolean isEnforced() {
        return enforced;
    }

    /** All that {@link #holes} may say. */
    public static List<String> words() {
        return List.of(
                "enforce_off",
                "permissive",
                "degraded",
                "no_listener",
                "no_scope",
                "inactive_scope",
                "not_followed",
                "access_full");
    }

    /** Why a group that is enabled and asks does not protect its files, some of {@link #words}. Empty for all others. */
    public List<String> holes(Group group) {
        List<String> holes = new ArrayList<>();
        if (!group.enabled() || !group.asks()) {
            return holes;
        }
        add(holes, !enforced, "enforce_off");
        add(holes, group.get(Attribute.PERMISSIVE).equals("1"), "permissive");
        add(holes, group.degraded(), "degraded");
        boolean unheard =
                group.listeners() == 0 && group.get(Attribute.ON_NO_LISTENER).equals("allow");
        add(holes, unheard, "no_listener");
        add(holes, group.scopes().states().isEmpty(), "no_scope");
        // One of a file system that is gone, and that nobody let go yet, is no hole.
        boolean active = group.scopes().named().stream().allMatch(state -> state.active() || state.isAll());
        add(holes, !active, "inactive_scope");
        add(holes, group.scopes().hasAll() && !followed, "not_followed");
        boolean full = group.pending() > 0 && group.pending() >= Long.parseLong(group.get(Attribute.ACCESS_MAX));
        add(holes, full && group.get(Attribute.ON_OVERFLOW).equals("allow"), "access_full");
        return holes;
    }

    private static void add(List<String> holes, boolean is, String word) {
        if (is) {
            holes.add(word);
        }
    }
}
