// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Attribute;
import fang.ctl.model.Condition;
import fang.ctl.model.EventKind;
import fang.ctl.model.Explanation;
import fang.ctl.model.GroupSpec;
import fang.ctl.model.Profile;
import fang.ctl.model.RawPath;
import fang.ctl.model.RawText;
import fang.ctl.model.Scope;
import fang.ctl.model.Sizes;
import fang.ctl.model.Subject;
import fang.ctl.output.ExplanationText;
import fang.ctl.output.JsonExplanation;
import fang.ctl.serve.Explainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** {@code fangctl explain}. */
final class Explain extends Command {
    Explain() {
        super(
                "explain",
                "Tells which rule of a profile decides about an access, why, and whether in the kernel or in serve. Needs"
                        + " neither root nor module. Exit 1 if no group is asked.",
                "fangctl explain -f av.yaml /srv/share/setup.exe",
                "fangctl explain -f av.yaml /srv/share/a.tmp --uid backup --exe /usr/bin/rsync",
                "fangctl explain /home/a/x.pdf --kind read_access -o json");
        operand("PATH", "Of the file, which need not exist.", true);
        ProfileOptions.add(this);
        option("GROUP", "Only this group of the profile.", "--group");
        choice(
                "KIND",
                "open_access or read_access. Default: the first of them in the group's mask.",
                List.of("open_access", "read_access"),
                "--kind");
        option("USER", "Who accesses it, by name or number.", "--uid");
        option("GROUP", "As which group of users, by name or number.", "--gid");
        option("PROGRAM", "By which program, its absolute path.", "--exe");
        option("NAME", "By a thread of this name.", "--comm");
        option("PATH", "From which cgroup, as in /proc/PID/cgroup.", "--cgroup");
        option("USER", "Who owns the file. Default: who does, if it exists.", "--owner");
        option("SIZE", "Of the file, such as 5MiB. Default: what it has, if it exists.", "--size");
        documentFormat();
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        boolean json = json(args, context);
        RawPath path = path(operand(args, 0), "PATH");
        Subject subject = subject(args, path, context);
        Profile profile = ProfileFiles.look(ProfileOptions.files(args), context);
        List<Explanation> explanations = new ArrayList<>();
        for (GroupSpec group : groups(profile, option(args, "--group", null))) {
            explanations.add(new Explainer(group, ofKind(subject, group)).explain());
        }
        if (json) {
            context.printJson(out -> JsonExplanation.write(out, path, explanations));
        } else {
            context.print(ExplanationText.of(explanations));
        }
        return explanations.stream().anyMatch(Explanation::asked) ? ExitCode.DONE : ExitCode.NO;
    }

    /** Those that ask at all, in the order in which they are asked. */
    private static List<GroupSpec> groups(Profile profile, String name) {
        List<GroupSpec> groups = new ArrayList<>(profile.groups());
        groups.sort(Comparator.comparingLong(group ->
                Long.parseLong(group.attributes().getOrDefault(Attribute.PRIORITY, Long.toString(Long.MAX_VALUE)))));
        if (name == null) {
            return groups;
        }
        groups.removeIf(group -> !group.name().text().equals(name));
        if (groups.isEmpty()) {
            throw usage("--group: the profile has no group of this name");
        }
        return groups;
    }

    private static Subject ofKind(Subject subject, GroupSpec group) {
        List<String> kinds = EventKind.accessWords(group.attributes().getOrDefault(Attribute.MASK, ""));
        String kind = subject.kind() != null ? subject.kind() : kinds.isEmpty() ? "open_access" : kinds.get(0);
        return subject.withKind(kind);
    }

    private static Subject subject(ParseResult args, RawPath path, Context context) {
        String uid = option(args, "--uid", null);
        String gid = option(args, "--gid", null);
        String exe = option(args, "--exe", null);
        String comm = option(args, "--comm", null);
        String cgroup = option(args, "--cgroup", null);
        String owner = option(args, "--owner", null);
        String size = option(args, "--size", null);
        try {
            return new Subject(
                    path,
                    word(args, "--kind", null, "open_access", "read_access"),
                    uid == null ? null : Long.valueOf(Condition.uid(uid, context.users())),
                    gid == null ? null : Long.valueOf(Condition.gid(gid, context.users())),
                    exe == null ? null : path(exe, "--exe"),
                    comm == null ? null : RawPath.ofText(comm),
                    cgroup == null ? null : path(cgroup, "--cgroup"),
                    owner == null ? fact(path, "unix:uid") : Long.valueOf(Condition.uid(owner, context.users())),
                    size == null ? fact(path, "size") : Long.valueOf(Sizes.parse(size)));
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
    }

    /** Null of a file that nobody can look at. */
    private static Long fact(RawPath path, String name) {
        try {
            Path file = Path.of(path.utf8().orElse(path.display()));
            return ((Number) Files.getAttribute(file, name)).longValue();
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return null;
        }
    }

    private static RawPath path(String text, String what) {
        try {
            return Scope.absolute(RawPath.ofBytes(RawText.encode(text)).display());
        } catch (IllegalArgumentException e) {
            throw usage(what + ": " + e.getMessage());
        }
    }
}
