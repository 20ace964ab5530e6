// SPDX-License-Identifier: Apache-2.0
package fang.ctl.guest;

import static fang.ctl.guest.Guest.CONFIGFS;
import static fang.ctl.guest.Guest.DIR;
import static fang.ctl.guest.Guest.check;
import static fang.ctl.guest.Guest.equal;
import static fang.ctl.guest.Guest.file;
import static fang.ctl.guest.Guest.text;
import static fang.ctl.guest.Guest.until;
import static fang.ctl.guest.Guest.value;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Groups that cover all: real mounts, and a follower that is a process of its own. */
final class FollowCases {
    /** Not below a directory that cases empty. */
    private static final Path MOUNTS = Path.of("/run/fangctl-mounts");

    private static final String NOT_THERE = "No such file or directory";

    private static final String PROFILE =
            "version: 1\ngroups:\n  g: {priority: 7, mask: close_write, scopes: [all, {subtree: " + DIR + "}]}\n";

    private FollowCases() {}

    static void add(Map<String, KtapMain.Case> cases) {
        cases.put(
                "all: apply covers every file system itself, and says that nobody follows",
                mounted(FollowCases::apply));
        cases.put("all: export then apply is a fixed point", mounted(FollowCases::export));
        cases.put("all: a running follower covers later mounts and lets go", mounted(FollowCases::later));
        cases.put("all: umount is never held up, with and without a follower", mounted(FollowCases::umount));
        cases.put("all: a hidden mount point gives way to another", mounted(FollowCases::hidden));
        cases.put("all: a second follower is refused, doctor knows of the first", mounted(FollowCases::second));
        cases.put("all: another mount namespace is refused", mounted(FollowCases::namespace));
    }

    /** The case, and then no mount of it is left. */
    private static KtapMain.Case mounted(KtapMain.Case test) {
        return guest -> {
            Files.createDirectories(MOUNTS);
            try {
                test.run(guest);
            } finally {
                guest.shell(
                        "while umount " + MOUNTS + "/* 2>/dev/null; do :; done; rm -rf --one-file-system " + MOUNTS);
            }
        };
    }

    private static Path mount(Guest guest, String name) {
        Path point = MOUNTS.resolve(name);
        guest.shell("mkdir -p '" + point + "' && mount -t tmpfs none '" + point + "'")
                .expect(0);
        return point;
    }

    private static Path profile() {
        return file("p.yaml", PROFILE);
    }

    /** The directory of the scope with this path; none if there is none that covers anything. */
    private static Optional<String> scope(Path path) {
        try (var scopes = Files.newDirectoryStream(CONFIGFS.resolve("g/scopes"), "all-*")) {
            for (Path scope : scopes) {
                String name = "g/scopes/" + scope.getFileName();
                if (isActive(name, path)) {
                    return Optional.of(name);
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isActive(String name, Path path) {
        try {
            return value(name + "/path").equals(path.toString())
                    && value(name + "/active").equals("1");
        } catch (UncheckedIOException e) {
            // A follower may remove it while it is looked at: before the file is opened, or before it is read.
            if (e.getCause() instanceof NoSuchFileException
                    || NOT_THERE.equals(e.getCause().getMessage())) {
                return false;
            }
            throw e;
        }
    }

    private static boolean covers(Path path) {
        return scope(path).isPresent();
    }

    private static Process follow(Guest guest) {
        guest.shell(": >/tmp/fang-follow").expect(0);
        Process process = guest.start("exec fangctl scope follow 2>/tmp/fang-follow");
        until("the follower", () -> said("following the mount table"));
        return process;
    }

    private static boolean said(String text) {
        return text(Path.of("/tmp/fang-follow")).contains(text);
    }

    private static long pid() {
        return Long.parseLong(text(Path.of("/run/fang/follow")).split(" ")[0]);
    }

    private static void end(Guest guest, Process follower, String signal, int exit) {
        guest.shell("kill -" + signal + " " + pid()).expect(0);
        Guest.end(follower).expect(exit);
        check(!Files.exists(Path.of("/run/fang/follow")), "the follower's file is still there");
    }

    private static void apply(Guest guest) {
        Path a = mount(guest, "a");
        Path b = mount(guest, "b c");
        Guest.Result result = guest.fangctl("apply", "-f", profile().toString()).expect(0);
        check(result.out().startsWith("created g (enabled; close_write; all, subtree "), result.out());
        equal(
                result.err(),
                "fangctl: warning: g: no fangctl scope follow runs, so what is mounted later is not covered."
                        + " Next: fangctl scope follow\n");
        check(
                covers(a) && covers(Path.of(b.toString().replace(" ", "\\040"))),
                guest.fangctl("scope", "list", "g").out());
        check(covers(Path.of("/")), "the root is not covered");
        equal(value("g/scopes/all/enabled") + value("g/scopes/all/type"), "0");
        Guest.Listening listening = guest.listen("g", "--count", "2", "--path", MOUNTS + "/**");
        guest.shell("echo >" + a + "/x; echo >'" + b + "/y'").expect(0);
        String heard = listening.end().expect(0).out();
        check(heard.contains(" " + a + "/x\n") && heard.contains(" " + b + "/y\n"), heard);
        String list = guest.fangctl("scope", "list", "g").out();
        check(list.matches("(?s)all \\([0-9]+ file systems\\)\n  filesystem /.*"), list);
        check(!list.contains("proc") && !list.contains("inactive"), list);
    }

    private static void export(Guest guest) {
        mount(guest, "a");
        guest.fangctl("apply", "-f", profile().toString()).expect(0);
        String yaml = guest.fangctl("export").expect(0).out();
        check(yaml.contains("    scopes:\n      - all\n      - {subtree: " + DIR + "}\n"), yaml);
        byte[] bytes = yaml.getBytes(StandardCharsets.UTF_8);
        guest.fangctlWith(bytes, "diff", "-f", "-").expect(0, "", "");
        mount(guest, "later");
        equal(
                guest.fangctlWith(bytes, "apply", "-f", "-").expect(0).out(),
                "0 created, 0 updated, 0 removed, 1 unchanged\n");
        check(covers(MOUNTS.resolve("later")), "a second apply did not cover what came between");
        equal(guest.fangctl("export").out(), yaml);
        guest.fangctl("scope", "remove", "g", "all").expect(0, "g: - all\n", "");
        guest.fangctl("scope", "list", "g").expect(0, "subtree " + DIR + "\n", "");
    }

    private static void later(Guest guest) {
        guest.fangctl("apply", "-f", profile().toString()).expect(0);
        Process follower = follow(guest);
        Path usb = mount(guest, "usb");
        until("the later mount to be covered", () -> covers(usb));
        until("the follower's word", () -> said("g: covers " + usb + " (tmpfs, 0:"));
        Guest.Listening listening = guest.listen("g", "--count", "1", "--path", usb + "/*");
        guest.shell("echo >" + usb + "/x").expect(0);
        check(listening.end().expect(0).out().endsWith(" " + usb + "/x\n"), listening.out());
        String name = scope(usb).orElseThrow();
        guest.shell("umount " + usb).expect(0);
        until("its scope to go", () -> !Files.exists(CONFIGFS.resolve(name)));
        until("the follower's word", () -> said("g: let go of " + usb + ": unmounted"));
        // A group that asks for all by hand, as a shell can.
        guest.fangctl("create", "h", "priority=8", "mask=open").expect(0);
        guest.shell("mkdir " + CONFIGFS + "/h/scopes/all").expect(0);
        until("the new group to be covered", () -> said("h: covers / ("));
        guest.shell("rmdir " + CONFIGFS + "/h/scopes/all").expect(0);
        until(
                "the group to be let go",
                () -> guest.fangctl("scope", "list", "h").out().isEmpty());
        end(guest, follower, "TERM", 0);
    }

    private static void umount(Guest guest) {
        Path a = mount(guest, "a");
        guest.fangctl("apply", "-f", profile().toString()).expect(0);
        String name = scope(a).orElseThrow();
        guest.shell("umount " + a).expect(0);
        until("the scope to be inactive", () -> value(name + "/active").equals("0"));
        check(guest.fangctl("show", "g").out().contains(", 1 inactive)"), "show does not tell");
        Guest.Result once = guest.fangctl("scope", "follow", "--once").expect(0);
        check(once.err().contains("g: let go of " + a + ": unmounted\n"), once.err());
        Process follower = follow(guest);
        for (int i = 0; i < 5; i++) {
            mount(guest, "a");
            until("the mount to be covered", () -> covers(a));
            guest.shell("umount " + a).expect(0);
        }
        guest.fangctl("disable", "g").expect(0);
        guest.fangctl("delete", "g").expect(0, "deleted g\n", "");
        end(guest, follower, "INT", 130);
    }

    private static void hidden(Guest guest) {
        Path a = mount(guest, "a");
        Path b = MOUNTS.resolve("b");
        guest.shell("mkdir " + b + " && mount --bind " + a + " " + b).expect(0);
        guest.fangctl("apply", "-f", profile().toString()).expect(0);
        check(covers(a) && !covers(b), "not covered once, under its first name");
        mount(guest, "a");
        guest.fangctl("scope", "follow", "--once").expect(0);
        check(covers(a) && covers(b), guest.fangctl("scope", "list", "g").out());
        Guest.Listening listening = guest.listen("g", "--count", "2", "--path", MOUNTS + "/*/*");
        guest.shell("echo >" + a + "/x; echo >" + b + "/y").expect(0);
        String heard = listening.end().out();
        check(heard.contains(" " + a + "/x\n") && heard.contains(" " + b + "/y\n"), heard);
    }

    private static void second(Guest guest) {
        guest.fangctl("apply", "-f", profile().toString()).expect(0);
        check(guest.fangctl("doctor").expect(1).out().contains("g: NOT FOLLOWED: "), "doctor does not tell");
        Process follower = follow(guest);
        Guest.Result doctor = guest.fangctl("doctor");
        check(!doctor.out().contains("NOT FOLLOWED"), doctor.out());
        guest.fangctl("apply", "-f", profile().toString())
                .expect(0, "0 created, 0 updated, 0 removed, 1 unchanged\n", "");
        Guest.Result other = guest.shell("fangctl scope follow").expect(8);
        equal(other.out(), "fangctl: fangctl scope follow runs already (pid " + pid() + ")\n");
        Guest.Result user = guest.shell("setpriv --reuid 1000 --regid 1000 --clear-groups fangctl doctor");
        check(!user.out().contains("NOT FOLLOWED") && user.out().contains("no listener"), user.out());
        guest.shell("kill -KILL " + pid()).expect(0);
        Guest.end(follower).expect(137);
        check(guest.fangctl("doctor").out().contains("NOT FOLLOWED"), "doctor trusts a file that was left");
        end(guest, follow(guest), "TERM", 0);
    }

    private static void namespace(Guest guest) {
        Path profile = profile();
        Guest.Result result =
                guest.shell("unshare -m fangctl apply -f " + profile).expect(9);
        check(result.out().contains("this process is in another mount namespace"), result.out());
        check(!Files.exists(CONFIGFS.resolve("g")), "the group was made");
        guest.shell("unshare -m fangctl scope follow").expect(9);
    }
}
