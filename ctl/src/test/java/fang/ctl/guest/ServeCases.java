// SPDX-License-Identifier: Apache-2.0
package fang.ctl.guest;

import static fang.ctl.guest.Guest.DIR;
import static fang.ctl.guest.Guest.check;
import static fang.ctl.guest.Guest.equal;
import static fang.ctl.guest.Guest.file;
import static fang.ctl.guest.Guest.stat;
import static fang.ctl.guest.Guest.until;
import static fang.ctl.guest.Guest.value;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/** {@code serve} with the real module. */
final class ServeCases {
    private ServeCases() {}

    static void add(Map<String, KtapMain.Case> cases) {
        cases.put("serve decides by rules of its own, and tells what it denied", ServeCases::rules);
        cases.put("serve reads a profile again, and keeps the old one if the new one is wrong", ServeCases::reload);
        cases.put("serve has a command scan what rules leave open, each file once", ServeCases::command);
        cases.put("serve and its scanner wait for nobody on a root that is covered", ServeCases::root);
        cases.put("serve asks for more time when a scan takes longer than half of it", ServeCases::moreTime);
        cases.put("serve shares a group with another; that is killed, and nothing is lost", ServeCases::killed);
    }

    private static Path profile(String name, String rest) {
        return file(
                name,
                "version: 1\ngroups:\n  g:\n    priority: 7\n    mask: open_access\n    timeout: 20s\n"
                        + "    max_extensions: 3\n    on_timeout: deny\n    on_no_listener: wait\n"
                        + "    scopes: {subtree: " + DIR + "/in}\n" + rest);
    }

    private static Path script(String name, String text) throws IOException {
        Path script = file(name, "#!/bin/sh\n" + text);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return script;
    }

    private static String rules(String... rules) {
        return "    rules:\n      - " + String.join("\n      - ", rules) + "\n";
    }

    private static Guest.Result cat(Guest guest, String name) {
        return guest.shell("cat " + DIR + "/in/" + name + " 2>&1");
    }

    private static void rules(Guest guest) throws IOException {
        Files.createDirectories(DIR.resolve("in/d"));
        Files.createDirectories(DIR.resolve("in/never"));
        file("in/d/x.exe", "x");
        file("in/d/x.txt", "x");
        file("in/big", "x".repeat(5000));
        file("in/kept", "x");
        Path profile = profile(
                "p.yaml",
                rules(
                        "{subtree: " + DIR + "/in/never, respond: deny}",
                        "{path: '" + DIR + "/in/**/*.exe', respond: deny, reason: no programs}",
                        "{size_min: 4KiB, owner: 0, respond: deny, reason: too big}",
                        "{path: '" + DIR + "/in/kept', respond: allow, fastpath: true, survive: true}",
                        "{comm: head, respond: deny}"));
        guest.fangctl("apply", "-f", profile.toString()).expect(0);
        equal(value("g/report"), "path comm");
        Guest.Listening serve = guest.serve("g", "--log", "stderr");
        check(serve.err().startsWith("serving g by " + profile + ": 4 rules; "), serve.err());
        cat(guest, "d/x.txt").expect(0, "x", "");
        check(cat(guest, "d/x.exe").exit() == 1, "a rule by path does not deny");
        check(cat(guest, "big").exit() == 1, "a rule by size does not deny");
        guest.shell("head -c1 " + DIR + "/in/d/x.txt").expect(1);
        cat(guest, "kept").expect(0);
        long asked = stat("g", "asked");
        guest.shell("echo more >>" + DIR + "/in/kept && cat " + DIR + "/in/kept >/dev/null")
                .expect(0);
        // The append asks for another kind of open of the same file: nothing is asked any more.
        equal(stat("g", "asked"), asked);
        until("the log: " + serve.err(), () -> serve.err().contains("(too big)"));
        check(serve.err().contains("by rules[1] (no programs) " + DIR + "/in/d/x.exe"), serve.err());
        equal(stat("g", "denied"), 3L);
        equal(stat("g", "timed_out"), 0L);
        guest.fangctl("disable", "g").expect(0);
        guest.fangctl("delete", "g").expect(0);
        check(serve.end().err().contains("g is gone"), serve.err());
    }

    private static void reload(Guest guest) throws IOException {
        Files.createDirectories(DIR.resolve("in"));
        file("in/x", "x");
        Path profile = profile("p.yaml", rules("{path: '" + DIR + "/in/*', respond: deny, reason: first}"));
        guest.fangctl("apply", "-f", profile.toString()).expect(0);
        Guest.Listening serve = guest.serve("g", "--log", "stderr");
        check(cat(guest, "x").exit() == 1, "not denied");
        String hangUp = "kill -HUP " + ProcessHandle.current().pid();
        profile("p.yaml", rules("{path: 'relative/*', respond: allow}"));
        guest.shell(hangUp).expect(0);
        until("the refusal: " + serve.err(), () -> serve.err().contains("the old one holds"));
        check(serve.err().contains("p.yaml:12:16: groups.g.rules[0].path"), serve.err());
        check(cat(guest, "x").exit() == 1, "the old profile does not hold");
        profile("p.yaml", rules("{path: '" + DIR + "/in/*', respond: allow, fastpath: true}"));
        guest.shell(hangUp).expect(0);
        until("the new profile: " + serve.err(), () -> serve.err().contains("reloaded: 1 rule"));
        cat(guest, "x").expect(0, "x", "");
        profile("p.yaml", rules("{path: '" + DIR + "/in/*', respond: deny, reason: third}"));
        guest.shell(hangUp).expect(0);
        until("what was remembered goes", () -> cat(guest, "x").exit() == 1);
        equal(stat("g", "timed_out"), 0L);
        guest.fangctl("disable", "g").expect(0);
        guest.fangctl("delete", "g").expect(0);
        serve.end();
    }

    private static void command(Guest guest) throws IOException {
        Files.createDirectories(DIR.resolve("in"));
        Path scan = script("scan", "echo >>" + DIR + "/scans; sleep 0.3; ! grep -q evil <&3\n");
        Path profile = profile("p.yaml", "    scanner: {command: " + scan + ", workers: 4, on_error: deny}\n");
        guest.fangctl("apply", "-f", profile.toString()).expect(0);
        Guest.Listening serve = guest.serve("g", "--log", "stderr");
        for (int i = 0; i < 4; i++) {
            file("in/f" + i, "good");
        }
        file("in/bad", "evil");
        until(
                "the files' times are past",
                () -> System.currentTimeMillis()
                        > DIR.resolve("in/bad").toFile().lastModified() + 100);
        guest.shell("for i in 1 2 3 4 5 6; do cat " + DIR + "/in/f? >/dev/null & done; wait")
                .expect(0);
        equal(Files.readAllLines(DIR.resolve("scans")).size(), 4);
        check(cat(guest, "bad").exit() == 1, "not denied");
        guest.shell("cat " + DIR + "/in/f? >/dev/null").expect(0);
        equal(Files.readAllLines(DIR.resolve("scans")).size(), 5);
        guest.shell("echo evil >" + DIR + "/in/f1").expect(0);
        check(cat(guest, "f1").exit() == 1, "a changed file is not scanned");
        guest.fangctl("disable", "g").expect(0);
        guest.fangctl("delete", "g").expect(0);
        serve.end();
    }

    private static void root(Guest guest) throws IOException {
        Files.createDirectories(DIR.resolve("in"));
        file("in/good", "good");
        file("in/bad", "evil");
        Path scan = script("scan", "! grep -q evil <&3\n");
        Path profile = file(
                "p.yaml",
                "version: 1\ngroups:\n  g:\n    priority: 7\n    mask: open_access\n    timeout: 20s\n"
                        + "    max_extensions: 3\n    on_timeout: deny\n    scopes: [{filesystem: /}, {filesystem: /tmp}]\n"
                        + rules("{path: '" + DIR + "/in/*', respond: scan}", "{respond: allow}")
                        + "    scanner: {command: " + scan + ", on_error: deny}\n");
        guest.fangctl("apply", "-f", profile.toString()).expect(0);
        Guest.Listening serve = guest.serve("g", "--log", "stderr");
        cat(guest, "good").expect(0, "good", "");
        check(cat(guest, "bad").exit() == 1, "not denied");
        guest.shell("cat /etc/passwd >/dev/null").expect(0);
        equal(stat("g", "timed_out"), 0L);
        equal(stat("g", "denied"), 1L);
        check(stat("g", "allowed") > 3, "nothing of the root was asked about");
        guest.fangctl("disable", "g").expect(0);
        guest.fangctl("delete", "g").expect(0);
        check(serve.end().err().contains("1 denied, 2 scanned"), serve.err());
    }

    private static void moreTime(Guest guest) throws IOException {
        Files.createDirectories(DIR.resolve("in"));
        file("in/slow", "x");
        Path scan = script("scan", "until [ -e " + DIR + "/go ]; do sleep 0.1; done; exit 0\n");
        Path profile = profile("p.yaml", "    scanner: {command: " + scan + "}\n");
        guest.fangctl("apply", "-f", profile.toString()).expect(0);
        guest.fangctl("set", "g", "timeout=2s").expect(0);
        Guest.Listening serve = guest.serve("g", "--log", "stderr");
        Process reader = guest.start("cat " + DIR + "/in/slow");
        until("more time", () -> stat("g", "extended") >= 2);
        file("go", "");
        Guest.end(reader).expect(0, "x", "");
        equal(stat("g", "timed_out"), 0L);
        guest.fangctl("disable", "g").expect(0);
        guest.fangctl("delete", "g").expect(0);
        serve.end();
    }

    private static void killed(Guest guest) throws IOException {
        Files.createDirectories(DIR.resolve("in"));
        for (int i = 0; i < 20; i++) {
            file("in/f" + i, "x");
        }
        // Files that both are at work on until there is a sign.
        Path scan = script("scan", "echo $PPID >>" + DIR + "/scans; until [ -e " + DIR + "/go ]; do sleep 0.1; done\n");
        Path profile = profile("p.yaml", "    scanner: {command: " + scan + ", workers: 2}\n");
        guest.fangctl("apply", "-f", profile.toString()).expect(0);
        // With no more rights than the unit gives.
        Process other = guest.start(
                "exec setpriv --bounding-set -all,+sys_admin,+dac_read_search fangctl serve g 2>" + DIR + "/other");
        until("the first", () -> value("g/listeners").equals("1"));
        Process readers = guest.start("for f in " + DIR + "/in/f?; do cat $f >/dev/null || echo lost & done; wait");
        until("its scans", () -> Files.exists(DIR.resolve("scans")) && stat("g", "delivered") >= 10);
        Guest.Listening serve = guest.serve("g", "--log", "stderr");
        Process more = guest.start("for f in " + DIR + "/in/f1?; do cat $f >/dev/null || echo lost & done; wait");
        until("work for both", () -> stat("g", "delivered") >= 20);
        long pid = other.descendants()
                .filter(p -> p.info().command().orElse("").contains("java"))
                .findFirst()
                .orElse(other.toHandle())
                .pid();
        guest.shell("kill -9 " + pid).expect(0);
        file("go", "");
        Guest.end(readers).expect(0, "", "");
        Guest.end(more).expect(0, "", "");
        equal(stat("g", "timed_out"), 0L);
        equal(stat("g", "denied"), 0L);
        check(stat("g", "delivered") > 20, "the one that was killed held nothing");
        guest.fangctl("disable", "g").expect(0);
        guest.fangctl("delete", "g").expect(0);
        serve.end();
    }
}
