// SPDX-License-Identifier: Apache-2.0
package fang.ctl.guest;

import static fang.ctl.guest.Guest.DIR;
import static fang.ctl.guest.Guest.check;
import static fang.ctl.guest.Guest.equal;
import static fang.ctl.guest.Guest.file;
import static fang.ctl.guest.Guest.stat;
import static fang.ctl.guest.Guest.value;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Rules, exemptions, and what is denied. */
final class RuleCases {
    private RuleCases() {}

    static void add(Map<String, KtapMain.Case> cases) {
        cases.put("rules decide in their order, by hand and by profile", RuleCases::rules);
        cases.put("new rules replace old ones without a moment between", RuleCases::replace);
        cases.put("rules and exemptions of a profile roll back", RuleCases::rollBack);
        cases.put("export of rules and exemptions is a fixed point", RuleCases::export);
        cases.put("an exemption lets pass and ends", RuleCases::exemptions);
        cases.put("what the kernel refuses in a rule is told", RuleCases::refusals);
        cases.put("denials tell rule, process and path", RuleCases::denials);
        cases.put("disable --for enables again, unless somebody settled it", RuleCases::pause);
        cases.put("status and doctor tell a group that does not protect", RuleCases::status);
    }

    /** A group that asks about DIR, with nobody to ask. */
    private static void group(Guest guest, String... keys) {
        guest.fangctl("create", "g", "priority=7", "mask=open_access").expect(0);
        for (String key : keys) {
            guest.fangctl("set", "g", key).expect(0);
        }
        guest.fangctl("scope", "add", "g", "subtree=" + DIR).expect(0);
        guest.fangctl("enable", "g").expect(0);
    }

    private static boolean opens(Guest guest, Path path) {
        return guest.shell("cat '" + path + "' >/dev/null 2>&1").exit() == 0;
    }

    private static String profile(String rest) {
        return "version: 1\ngroups:\n  g:\n    priority: 7\n    mask: open_access\n    max_extensions: 3\n"
                + "    scopes: [{subtree: " + DIR + "/in}]\n" + rest;
    }

    private static void rules(Guest guest) throws IOException {
        Files.createDirectories(DIR.resolve("q"));
        Path inside = file("q/x", "x");
        Path outside = file("y", "y");
        group(guest);
        guest.fangctl("rule", "add", "g", "subtree=" + DIR + "/q", "respond=deny")
                .expect(0, "g: + deny-q: deny subtree=" + DIR + "/q\n", "");
        check(!opens(guest, inside) && opens(guest, outside), "the rule does not deny q alone");
        equal(stat("g", "rule_denied"), 1L);
        guest.fangctl("rule", "add", "g", "uid=root", "respond=allow", "order=5", "--name", "first")
                .expect(0, "g: + first: allow uid=0\n", "");
        check(opens(guest, inside), "a rule of lower order does not come first");
        String list = guest.fangctl("rule", "list", "g").expect(0).out().replaceAll(" +", " ");
        check(list.contains("\n5 first in force 1 allow uid=0\n10 deny-q in force 1 deny "), list);
        guest.fangctl("rule", "remove", "g", "uid=0", "respond=allow").expect(0);
        check(!opens(guest, inside), "a removed rule still holds");
        guest.fangctl("rule", "remove", "g", "deny-q").expect(0);
        check(opens(guest, inside), "a removed rule still holds");
        equal(guest.fangctl("rule", "list", "g").out(), "");
    }

    private static void replace(Guest guest) throws IOException {
        Files.createDirectories(DIR.resolve("in"));
        Path deny = file("deny.yaml", profile("    rules: [{exe: /usr/bin/cat, respond: deny, reason: no cats}]\n"));
        Path both = file(
                "both.yaml",
                profile("    rules: [{uid: 4711, respond: allow}, {subtree: " + DIR + "/in" + ", respond: deny}]\n"));
        Path x = file("in/x", "x");
        guest.fangctl("apply", "-f", deny.toString()).expect(0);
        check(Files.exists(Guest.CONFIGFS.resolve("g/rules/deny-no-cats")), "the reason is not in the name");
        Process reader =
                guest.start("while [ ! -e /tmp/fang-stop ]; do cat " + x + " 2>/dev/null && echo opened; done");
        for (Path profile : new Path[] {both, deny, both, deny}) {
            String out = guest.fangctl("apply", "-f", profile.toString(), "--adopt")
                    .expect(0)
                    .out();
            check(out.contains("+ rule deny") && out.contains("- rule deny"), out);
            guest.fangctl("apply", "-f", profile.toString())
                    .expect(0, "0 created, 0 updated, 0 removed, 1 unchanged\n", "");
        }
        guest.shell("touch /tmp/fang-stop").expect(0);
        Guest.Result read = Guest.end(reader);
        guest.shell("rm /tmp/fang-stop").expect(0);
        equal(read.out(), "");
        check(stat("g", "rule_denied") > 4, "rule_denied " + stat("g", "rule_denied"));
        equal(guest.fangctl("rule", "list", "g").out().lines().count(), 2L);
    }

    private static void rollBack(Guest guest) throws IOException {
        Files.createDirectories(DIR.resolve("in"));
        Path inside = file("in/x", "x");
        Path good = file(
                "good.yaml",
                profile("    exemptions: [{uid: 4711}]\n    rules: [{subtree: " + DIR + "/in" + ", respond: deny}]\n"));
        guest.fangctl("apply", "-f", good.toString()).expect(0);
        String before = guest.fangctl("export").out();
        Path bad = file(
                "bad.yaml",
                profile("    exemptions: [{uid: 4712}]\n    rules:\n      - {uid: 1, respond: allow}\n"
                        + "      - {cgroup: /no/such, respond: allow}\n"));
        Guest.Result refused =
                guest.fangctl("apply", "-f", bad.toString(), "--adopt").expect(6);
        equal(
                refused.err(),
                bad + ":11:9: groups.g.rules[1]: ENOENT: /no/such is no cgroup\nrolled back, all is as it was\n");
        equal(guest.fangctl("export").out(), before);
        equal(guest.fangctl("rule", "list", "g").out().lines().count(), 2L);
        check(!opens(guest, inside), "the old rule does not hold");
    }

    private static void export(Guest guest) throws IOException {
        group(guest, "max_timeouts=7");
        Files.createDirectories(DIR.resolve("it's: #\u00e4"));
        guest.shell("mkdir " + DIR + "/$'\\377'").expect(0);
        guest.fangctl("rule", "add", "g", "subtree=" + DIR + "/it's: #\u00e4", "uid=4711", "respond=ask")
                .expect(0);
        guest.fangctl("rule", "add", "g", "exe=/usr/bin/not yet", "kinds=read_access", "respond=allow")
                .expect(0);
        guest.fangctl("rule", "add", "g", "cgroup=/", "uid=4711", "respond=deny", "order=5")
                .expect(0);
        guest.fangctl("exemption", "add", "g", "subtree=" + DIR + "/\\377", "exe=/usr/bin/ls", "cgroup=/")
                .expect(0);
        guest.fangctl("exemption", "add", "g", "tgid=" + ProcessHandle.current().pid())
                .expect(0);
        String yaml = guest.fangctl("export").expect(0).out();
        check(
                !yaml.contains("tgid") && yaml.contains("    rules:\n      - {uid: 4711, cgroup: /, respond: deny}\n"),
                yaml);
        byte[] bytes = yaml.getBytes(StandardCharsets.UTF_8);
        guest.fangctlWith(bytes, "apply", "-f", "-").expect(0, "0 created, 0 updated, 0 removed, 1 unchanged\n", "");
        guest.fangctl("disable", "g").expect(0);
        guest.fangctl("delete", "g").expect(0);
        guest.fangctlWith(bytes, "apply", "-f", "-").expect(0);
        equal(guest.fangctl("export").out(), yaml);
    }

    private static void exemptions(Guest guest) {
        Path x = file("x", "x");
        group(guest, "on_no_listener=deny");
        check(!opens(guest, x), "nobody is asked, and it is allowed");
        guest.fangctl("exemption", "add", "g", "exe=/usr/bin/cat").expect(0, "g: + exe /usr/bin/cat\n", "");
        check(opens(guest, x), "the exemption does not hold");
        guest.fangctl("exemption", "add", "g", "exe=/usr/bin/cat").expect(0, "g: already exe /usr/bin/cat\n", "");
        guest.fangctl("exemption", "list", "g").expect(0, "exe /usr/bin/cat\n", "");
        guest.fangctl("exemption", "remove", "g", "exe=/usr/bin/cat").expect(0, "g: - exe /usr/bin/cat\n", "");
        check(!opens(guest, x), "the exemption still holds");
        String json = guest.fangctl("exemption", "list", "g", "-o", "json").out();
        equal(json, "[]\n");
    }

    private static void refusals(Guest guest) {
        group(guest);
        guest.fangctl("rule", "add", "g", "cgroup=/no/such", "respond=deny")
                .expect(5, "", "fangctl: rule add g: ENOENT: /no/such is no cgroup\n");
        guest.fangctl("exemption", "add", "g", "tgid=2147483647")
                .expect(5, "", "fangctl: exemption add g: ESRCH: no process 2147483647\n");
        guest.fangctl("exemption", "add", "g", "uid=no-such-user").expect(2, "", "fangctl: no user \"no-such-user\"\n");
        equal(
                guest.fangctl("rule", "list", "g").out()
                        + guest.fangctl("exemption", "list", "g").out(),
                "");
    }

    private static void denials(Guest guest) {
        Path x = file("an \u00e4", "x");
        group(guest, "on_no_listener=deny");
        guest.fangctl("denials").expect(0, "", "");
        opens(guest, x);
        guest.fangctl("rule", "add", "g", "respond=deny", "--name", "nobody").expect(0);
        opens(guest, x);
        String[] lines = guest.fangctl("denials", "g").expect(0).out().split("\n");
        equal(lines.length, 2);
        String tail = " uid=0 " + x;
        check(lines[0].matches("[-0-9]{10} [:.0-9]{12} g open_access no_listener pid=[0-9]+.*" + tail), lines[0]);
        check(lines[1].matches("[-0-9]{10} [:.0-9]{12} g open_access rule=nobody pid=[0-9]+.*" + tail), lines[1]);
        String json = guest.fangctl("denials", "-o", "json").expect(0).out();
        check(json.contains("\"rule\": \"nobody\"") && json.contains("\"path\": \"" + x + "\""), json);
    }

    private static void pause(Guest guest) throws IOException {
        group(guest);
        String out = guest.fangctl("disable", "g", "--for", "1s").expect(0).out();
        check(out.startsWith("g: disabled until "), out);
        Guest.until("the group to be enabled again", () -> value("g/enabled").equals("1"));
        guest.fangctl("disable", "g", "--for", "700ms").expect(0);
        guest.fangctl("disable", "g").expect(0, "g: already disabled\n", "");
        guest.shell("sleep 1.5").expect(0);
        equal(value("g/enabled"), "0");
        check(!Files.exists(Path.of("/run/fang/pause/g")), "the pause is still there");
    }

    private static void status(Guest guest) throws IOException {
        group(guest);
        String line = "\ng enabled 0 0 ";
        Guest.Result none = guest.fangctl("status").expect(1);
        check(none.out().replaceAll(" +", " ").contains(line + "NO: no listener\n"), none.out());
        guest.fangctl("set", "g", "on_no_listener=deny").expect(0);
        check(guest.fangctl("status").expect(0).out().replaceAll(" +", " ").contains(line + "yes\n"), "no yes");
        Path below = Files.createDirectories(DIR.resolve("below"));
        guest.fangctl("rule", "add", "g", "subtree=" + below, "respond=deny").expect(0);
        Files.delete(below);
        Guest.Result doctor = guest.fangctl("doctor").expect(1);
        check(doctor.out().contains("g: rule deny-below (deny subtree=" + below + ") is inactive"), doctor.out());
        guest.fangctl("set", "g", "on_no_listener=wait", "timeout=50ms", "max_timeouts=1")
                .expect(0);
        equal(value("g/degraded"), "0");
        guest.start("exec cat /dev/fang/g >/dev/null");
        Guest.until("the listener", () -> value("g/listeners").equals("1"));
        opens(guest, file("x", "x"));
        Guest.until("the group to be degraded", () -> value("g/degraded").equals("1"));
        Guest.Result degraded = guest.fangctl("status").expect(1);
        check(degraded.out().contains("NO: degraded"), degraded.out());
        check(guest.fangctl("doctor").out().contains("g: degraded: "), "doctor does not see it");
        check(guest.fangctl("list").out().contains("enabled, degraded"), "list does not show it");
    }
}
