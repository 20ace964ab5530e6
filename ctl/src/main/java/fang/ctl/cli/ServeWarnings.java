// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.GroupSpec;
import fang.ctl.model.Position;
import fang.ctl.model.Profile;
import fang.ctl.model.ProfileRule;
import java.util.ArrayList;
import java.util.List;

/** What a profile asks for that the kernel cannot hold, each with its place and the way out. */
final class ServeWarnings {
    private ServeWarnings() {}

    static List<String> of(Profile profile) {
        List<String> warnings = new ArrayList<>();
        for (GroupSpec group : profile.groups()) {
            String path = "groups." + group.name();
            List<ProfileRule> rules = group.serve().rules();
            for (ProfileRule rule : rules) {
                warn(profile, path + ".rules[" + rule.index() + "]", text(rule, rules.get(0)), warnings);
            }
            if (group.serve().scanner().isPresent()) {
                warn(profile, path + ".scanner", "is for fangctl serve, which this version does not have", warnings);
            }
        }
        return warnings;
    }

    private static String text(ProfileRule rule, ProfileRule first) {
        String before = "rules[" + first.index() + "]";
        String why = rule.needsServe().orElse("it stands after " + before + ", which the kernel cannot hold");
        String text = "only fangctl serve can hold this rule, and this version does not have it: " + why;
        if (!rule.isDeny()) {
            return text;
        }
        String remedy = rule.path() != null
                ? "write subtree instead of path" + (rule == first ? "" : " and move it before " + before)
                : "move it before " + before;
        return text + ". What it denies is denied only while serve runs; to have the kernel hold it, " + remedy;
    }

    private static void warn(Profile profile, String path, String message, List<String> warnings) {
        Position position = profile.positions().get(path);
        warnings.add((position == null ? "" : position + ": ") + path + ": " + message);
    }
}
