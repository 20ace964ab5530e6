// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Attribute;
import fang.ctl.model.Durations;
import fang.ctl.model.Failure;
import fang.ctl.model.Group;
import fang.ctl.model.GroupName;
import fang.ctl.model.GroupSpec;
import fang.ctl.model.ProfileRule;
import fang.ctl.model.ServeSpec;
import fang.ctl.plan.GroupPlan;
import fang.ctl.plan.Planner;
import fang.ctl.profile.ProfileLoader;
import java.util.ArrayList;
import java.util.List;

/** The profile that a group is served by: found, read, and compared with the group. */
final class ServeProfile {
    /** What it takes to start fangctl, each with who opens it. */
    private static final String SHELL = "/bin/sh";

    /** Told by itself, or no matter of serving. */
    private static final List<String> NO_DIFFERENCE = List.of("enabled", "label");

    private final GroupName name;
    private final String[] named;
    private final Context context;

    /** @param named files, or none: then the group's label tells */
    ServeProfile(GroupName name, String[] named, Context context) {
        this.name = name;
        this.named = named;
        this.context = context;
    }

    GroupName name() {
        return name;
    }

    /**
     * As the files are now.
     *
     * @throws Failure if there is none, it is wrong, or nothing in it is for serve
     */
    GroupSpec read(Group group) {
        String[] files = named.length > 0 ? named : ofLabel(group.label());
        for (GroupSpec spec : ProfileFiles.read(files, context).groups()) {
            if (spec.name().equals(name)) {
                if (spec.serve().isEmpty()) {
                    throw new Failure(
                            Failure.Kind.PROFILE,
                            name + " in " + where(files)
                                    + " has nothing for serve: the kernel holds all of its rules. Leave serve out, or"
                                    + " write scanner: {clamd: SOCKET}");
                }
                refuseUnreported(spec.serve(), group);
                return spec;
            }
        }
        throw new Failure(Failure.Kind.PROFILE, name + ": no such group in " + where(files));
    }

    /** The files, for people. */
    String where(Group group) {
        return where(named.length > 0 ? named : ofLabel(group.label()));
    }

    private static String where(String... files) {
        return files.length == 0 ? "the drop-in directories" : String.join(", ", files);
    }

    private String[] ofLabel(String label) {
        if (label.equals(ProfileLoader.DROP_INS)) {
            return new String[0];
        }
        if (!label.startsWith("/")) {
            throw Command.usage(name + " does not tell its profile"
                    + (label.isEmpty() ? "" : " (its label is \"" + label + "\")") + ": give -f FILE");
        }
        return new String[] {label};
    }

    private void refuseUnreported(ServeSpec serve, Group group) {
        List<String> reported = List.of(group.get(Attribute.REPORT).split(" "));
        for (ProfileRule rule : serve.decidable()) {
            for (String word : rule.needsReported()) {
                if (!reported.contains(word)) {
                    throw new Failure(
                            Failure.Kind.REFUSED,
                            name + " does not report " + word + ", which rules[" + rule.index()
                                    + "] compares. Try: fangctl apply --allow-gap -f FILE");
                }
            }
        }
    }

    /** What is not as it should be, each with its remedy. */
    List<String> warnings(GroupSpec spec, Group group) {
        List<String> warnings = new ArrayList<>();
        if (!group.enabled()) {
            warnings.add(name + " is disabled. Next: fangctl enable " + name);
        }
        boolean differs = false;
        for (GroupPlan plan : Planner.plan(List.of(spec), List.of(group)).groups()) {
            differs |= plan.changes().stream().anyMatch(change -> !NO_DIFFERENCE.contains(change.key()));
        }
        if (differs) {
            warnings.add(name + " is not as its profile says. Try: fangctl diff -f FILE, fangctl apply -f FILE");
        }
        long lifeMillis = Long.parseLong(group.get(Attribute.TIMEOUT))
                * (1 + Long.parseLong(group.get(Attribute.MAX_EXTENSIONS)));
        long scanMillis =
                spec.serve().scanner().map(ServeSpec.Scanner::limitMillis).orElse(0L);
        if (scanMillis > lifeMillis) {
            warnings.add("a scan may take " + Durations.format(scanMillis) + ", a request lives "
                    + Durations.format(lifeMillis) + " at most, then on_timeout decides ("
                    + group.get(Attribute.ON_TIMEOUT) + "). Write scanner: {timeout: " + Durations.format(lifeMillis)
                    + "}, or raise max_extensions");
        }
        String java = ProcessHandle.current().info().command().orElse("");
        if (OwnFiles.areInTheWay(spec, java) || OwnFiles.areInTheWay(spec, SHELL)) {
            warnings.add(name + " covers what serve needs to start: while none runs, a start waits for itself. Write"
                    + " on_no_listener: allow, or exemptions: [{subtree: /usr}]");
        }
        if (spec.serve().scanner().map(ServeSpec.Scanner::isClamd).orElse(false) && OwnFiles.holdUpClamd(spec)) {
            warnings.add(name + " covers what clamd opens, which would wait for itself. Write exemptions: [{exe: "
                    + OwnFiles.CLAMD + "}]");
        }
        return warnings;
    }
}
