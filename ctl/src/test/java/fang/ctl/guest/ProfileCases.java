// SPDX-License-Identifier: Apache-2.0
package fang.ctl.guest;

import static fang.ctl.guest.Guest.DIR;
import static fang.ctl.guest.Guest.check;
import static fang.ctl.guest.Guest.equal;
import static fang.ctl.guest.Guest.file;
import static fang.ctl.guest.Guest.stat;
import static fang.ctl.guest.Guest.value;

import fang.ctl.device.ListenerNode;
import fang.ctl.model.Event;
import fang.ctl.model.Response;
import fang.ctl.model.ResponseKind;
import fang.ctl.sys.Posix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/** What the shipped profiles do with real accesses, whose the groups are, and what a killed apply leaves. */
final class ProfileCases {
    private static final String PROFILES = System.getProperty("fang.profiles") + "/";
    private static final Path DROP_INS = Path.of("/etc/fang/profiles.d");

    private ProfileCases() {}

    static void add(Map<String, KtapMain.Case> cases) {
        cases.put("profile antivirus: an open is asked about and refused", ProfileCases::antivirus);
        cases.put("profile hsm: the reader of a stub sees what the listener wrote", ProfileCases::hsm);
        cases.put("profile indexer: a written file is heard of once it is closed", ProfileCases::indexer);
        cases.put("profile integrity: writes are heard of with their process", ProfileCases::integrity);
        cases.put("profiles of drop-in directories are applied, owned and pruned", ProfileCases::dropIns);
        cases.put("profiles that others could change are not applied", ProfileCases::trust);
        cases.put("profiles: export then apply changes nothing, from many states", ProfileCases::fixedPoint);
        cases.put("profiles: the next apply mends what one that was cut off left", ProfileCases::cutOff);
        cases.put("profiles: the next apply mends what a killed one left", ProfileCases::killed);
    }

    private static void apply(Guest guest, String name) {
        guest.fangctl("apply", "-f", PROFILES + name + ".yaml").expect(0);
    }

    private static void antivirus(Guest guest) throws IOException {
        Path share = Files.createDirectories(Path.of("/srv/share"));
        Files.writeString(share.resolve("f"), "content");
        apply(guest, "antivirus");
        Guest.Listening listening = guest.listen("antivirus", "--respond", "deny", "--count", "1");
        check(guest.shell("cat /srv/share/f").exit() == 1, "what was denied was opened");
        check(listening.end().out().contains(" /srv/share/f"), listening.out());
        listening = guest.listen("antivirus", "--respond", "allow", "--count", "1");
        guest.shell("cat /srv/share/f").expect(0, "content", "");
        listening.end();
        equal(stat("antivirus", "denied"), 1L);
    }

    private static void hsm(Guest guest) throws IOException {
        Path archive = Files.createDirectories(Path.of("/srv/archive"));
        Path stub = Files.writeString(archive.resolve("stub"), "");
        apply(guest, "hsm");
        Posix posix = Posix.system();
        try (ListenerNode node = ListenerNode.open(posix, "/dev/fang/hsm", true)) {
            Process reader = guest.start("cat " + stub);
            AtomicReference<Event> request = new AtomicReference<>();
            Guest.until("a request", () -> {
                List<Event> events = node.read();
                (events == null ? List.<Event>of() : events)
                        .stream().filter(Event::isAccess).forEach(request::set);
                return request.get() != null;
            });
            check(reader.isAlive(), "the reader did not wait");
            byte[] contents = "recalled".getBytes(StandardCharsets.UTF_8);
            ByteBuffer buffer = ByteBuffer.allocateDirect(contents.length).put(contents);
            buffer.flip();
            int fd = node.openFile(request.get().id());
            equal(posix.write(fd, buffer), contents.length);
            posix.close(fd);
            node.respond(List.of(new Response(request.get().id(), ResponseKind.ALLOW, false)));
            Guest.end(reader).expect(0, "recalled", "");
        }
        equal(stat("hsm", "asked"), 1L);
    }

    private static void indexer(Guest guest) throws IOException {
        Files.createDirectories(Path.of("/home"));
        apply(guest, "indexer");
        Guest.Listening listening = guest.listen("indexer", "-0", "--count", "1");
        guest.shell("cat /etc/passwd >/dev/null; exec 3>/home/new; echo 1 >&3; echo 2 >&3; exec 3>&-; rm /home/new")
                .expect(0);
        equal(listening.end().out(), "/home/new\0");
    }

    private static void integrity(Guest guest) {
        apply(guest, "integrity");
        Guest.Listening listening = guest.listen("integrity", "--path", "/etc/fang-test", "--count", "2");
        guest.shell("echo changed >/etc/fang-test").expect(0);
        List<String> lines = listening.end().out().lines().toList();
        guest.shell("rm /etc/fang-test").expect(0);
        check(lines.get(0).contains(" write pid=") && lines.get(0).contains("(bash)"), lines.toString());
        check(lines.get(1).contains(" close_write pid="), lines.toString());
    }

    private static String group(String name, int priority, String more) {
        return "version: 1\ngroups:\n  " + name + ":\n    priority: " + priority
                + "\n    mask: open\n    scopes: [{subtree: " + DIR + "}]\n" + more;
    }

    private static void dropIns(Guest guest) throws IOException {
        Files.createDirectories(DROP_INS);
        Path one = Files.writeString(DROP_INS.resolve("one.yaml"), group("one", 1, ""));
        Path two = Files.writeString(DROP_INS.resolve("two.yaml"), group("two", 2, ""));
        try {
            guest.fangctl("create", "mine").expect(0);
            guest.fangctl("apply").expect(0);
            equal(value("one/label"), "profiles.d");
            Path other = file("other.yaml", group("one", 1, "    timeout: 1s\n"));
            Guest.Result refused =
                    guest.fangctl("apply", "-f", other.toString()).expect(5);
            check(refused.err().contains("belongs to profiles.d"), refused.err());
            Files.delete(two);
            guest.fangctl("apply").expect(0, "0 created, 0 updated, 0 removed, 1 unchanged\n", "");
            guest.fangctl("apply", "--prune")
                    .expect(0, "removed two\n0 created, 0 updated, 1 removed, 1 unchanged\n", "");
            check(!Files.exists(Path.of("/dev/fang/two")), "/dev/fang/two is still there");
            Files.delete(one);
            guest.fangctl("apply", "--prune").expect(0);
            equal(value("one/enabled"), "1");
            equal(value("mine/enabled"), "0");
        } finally {
            Files.deleteIfExists(one);
            Files.deleteIfExists(two);
            Files.deleteIfExists(DROP_INS);
        }
    }

    private static void trust(Guest guest) throws IOException {
        Path profile = file("p.yaml", group("g", 7, ""));
        guest.shell("chown 1000 " + profile).expect(0);
        Guest.Result refused = guest.fangctl("apply", "-f", profile.toString()).expect(4);
        check(refused.err().contains("belongs to uid 1000") && refused.err().contains("chown -h root "), refused.err());
        guest.shell("chown 0 " + profile + "; chmod 666 " + profile).expect(0);
        refused = guest.fangctl("apply", "-f", profile.toString()).expect(4);
        check(refused.err().contains("is writable by others (mode 666)"), refused.err());
        guest.shell("mkfifo " + DIR + "/fifo").expect(0);
        refused = guest.fangctl("apply", "-f", DIR + "/fifo").expect(4);
        check(refused.err().contains("is no file but a pipe"), refused.err());
        guest.shell("chmod 644 " + profile).expect(0);
        guest.fangctl("apply", "-f", profile.toString()).expect(0);
    }

    private static final String[] STATES = {
        "",
        "    enabled: false\n    report: []\n    fastpath: {max: 0}\n",
        "    timeout: 90s\n    on_timeout: deny\n    exemptions: [{uid: 1}, {exe: /usr/bin/cat}]\n",
        "    permissive: true\n    rules: [{uid: 1, respond: allow}, {subtree: /tmp, kinds: read_access, respond: deny}]\n",
        "    report: [fd, path, comm, exe, cgroup]\n    fd_mode: rw\n    write_events: state_change\n",
        "    rules: [{subtree: /tmp, respond: ask}, {uid: 1, respond: allow}, {respond: deny}]\n    queue_max: 99\n",
    };

    private static void fixedPoint(Guest guest) {
        for (String state : STATES) {
            Path profile = file("p.yaml", group("g", 7, state).replace("mask: open", "mask: [open, open_access]"));
            guest.fangctl("apply", "-f", profile.toString(), "--allow-gap").expect(0);
            byte[] yaml = guest.fangctl("export").expect(0).out().getBytes(StandardCharsets.UTF_8);
            guest.fangctlWith(yaml, "apply", "-f", "-").expect(0, "0 created, 0 updated, 0 removed, 1 unchanged\n", "");
            guest.fangctl("diff", "-f", profile.toString()).expect(0, "", "");
        }
    }

    /** Two profiles with much to change between them; the group and its priority stay. */
    private static Path[] profiles() {
        return new Path[] {
            file(
                    "a.yaml",
                    group("g", 7, STATES[2] + "    rules: [{uid: 1, respond: deny}, {uid: 2, respond: deny}]\n")),
            file(
                    "b.yaml",
                    group("g", 8, STATES[5] + "    exemptions: [{uid: 2}]\n")
                                    .replace("{subtree: " + DIR, "{filesystem: " + DIR)
                            + "  new:\n    priority: 9\n    mask: write\n    scopes: [{file: /tmp/x}]\n")
        };
    }

    private static void mend(Guest guest, Path wanted, String exported, String when) throws IOException {
        Guest.Result mended = guest.fangctl("apply", "-f", wanted.toString(), "--allow-gap", "--owner=t");
        equal(when + ": " + mended.exit() + mended.err().replaceAll("(?m)^fangctl: warning: .*\n", ""), when + ": 0");
        guest.fangctl("diff", "-f", wanted.toString()).expect(0, "", "");
        equal(guest.fangctl("export").out(), exported);
        for (String items : List.of("scopes", "exemptions", "rules")) {
            try (var found =
                    Files.newDirectoryStream(Guest.CONFIGFS.resolve("g").resolve(items), Files::isDirectory)) {
                int count = 0;
                for (Path ignored : found) {
                    count++;
                }
                equal(when + ": " + count + " " + items, when + ": " + (items.equals("rules") ? 3 : 1) + " " + items);
            }
        }
    }

    private static void cutOff(Guest guest) throws IOException {
        Path[] profiles = profiles();
        guest.fangctl("apply", "-f", profiles[1].toString(), "--owner=t").expect(0);
        String wanted = guest.fangctl("export").out();
        boolean over = false;
        // Not every step: the property test does that against the model.
        for (int step = 1; !over; step += 3) {
            guest.clean();
            profiles = profiles();
            guest.fangctl("apply", "-f", profiles[0].toString(), "--owner=t").expect(0);
            over = CutOff.run(step, "apply", "-f", profiles[1].toString(), "--allow-gap", "--owner=t");
            mend(guest, profiles[1], wanted, "step " + step);
        }
    }

    private static void killed(Guest guest) throws IOException {
        Path[] profiles = profiles();
        guest.fangctl("apply", "-f", profiles[1].toString(), "--owner=t").expect(0);
        String wanted = guest.fangctl("export").out();
        for (int step : new int[] {4, 20}) {
            guest.clean();
            profiles = profiles();
            guest.fangctl("apply", "-f", profiles[0].toString(), "--owner=t").expect(0);
            Guest.Result result = guest.shell(
                    CutOff.command(step, "apply", "-f", profiles[1].toString(), "--allow-gap", "--owner=t"));
            equal(result.exit(), 137);
            mend(guest, profiles[1], wanted, "killed at step " + step);
        }
    }
}
