// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.GroupSpec;
import fang.ctl.model.Position;
import fang.ctl.model.Profile;
import fang.ctl.model.ProfileRule;
import java.util.ArrayList;
import java.util.List;

/** What a profile wants denied and the kernel cannot hold, each with its place and the way out. */
final class ServeWarnings {
    private ServeWarnings() {}

    static List<String> of(Profile profile) {
        List<String> warnings = new ArrayList<>();
        for (GroupSpec group : profile.groups()) {
            String path = "groups." + group.name();
            List<ProfileRule> rules = group.serve().rules();
            for (ProfileRule rule : rules) {
                if (rule.isDeny()) {
                    warn(profile, path + ".rules[" + rule.index() + "]", text(rule, rules.get(0)), warnings);
                }
            }
        }
        return warnings;
    }

    private static String text(ProfileRule rule, ProfileRule first) {
        String before = "rules[" + first.index() + "]";
        String why = rule.needsServe().orElse("it stands after " + before + ", which the kernel cannot hold");
        String remedy = rule.needsServe().isEmpty()
                ? "move it before " + before
                : "let it have subtree, exe, uid and cgroup alone"
                        + (rule == first ? "" : " and move it before " + before);
        return "what this denies is denied only while fangctl serve runs: " + why + ". To have the kernel hold it, "
                + remedy;
    }

    private static void warn(Profile profile, String path, String message, List<String> warnings) {
        // One rule alone stands where the list would.
        int list = path.lastIndexOf('[');
        Position position =
                profile.positions().getOrDefault(path, profile.positions().get(path.substring(0, list)));
        warnings.add((position == null ? "" : position + ": ") + path + ": " + message);
    }
}
