// SPDX-License-Identifier: Apache-2.0
package fang.ctl.guest;

import static fang.ctl.guest.Guest.DIR;
import static fang.ctl.guest.Guest.check;
import static fang.ctl.guest.Guest.equal;
import static fang.ctl.guest.Guest.file;
import static fang.ctl.guest.Guest.value;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Profiles, groups, scopes and the fastpath: everything that needs configfs alone. */
final class ConfigCases {
    private static final String PROFILES = System.getProperty("fang.profiles") + "/";

    private ConfigCases() {}

    static void add(Map<String, KtapMain.Case> cases) {
        cases.put("apply makes what each shipped profile says, and nothing the second time", ConfigCases::profiles);
        cases.put("the first hour is word for word as documented", ConfigCases::firstHour);
        cases.put("diff tells a change, apply mends it", ConfigCases::diff);
        cases.put("export then apply is a fixed point", ConfigCases::export);
        cases.put("a refused scope rolls everything back", ConfigCases::rollBack);
        cases.put("a change that leaves a gap needs --allow-gap", ConfigCases::gap);
        cases.put("apply --stage puts nothing in force, enable --managed all of it", ConfigCases::stage);
        cases.put("every attribute can be set and reads back", ConfigCases::attributes);
        cases.put("paths of any bytes make scopes", ConfigCases::oddScopes);
        cases.put("fastpath takes paths from arguments and stdin", ConfigCases::fastpath);
        cases.put("preload fills the fastpath, twice without harm", ConfigCases::preload);
        cases.put("doctor finds what leaves files unguarded", ConfigCases::doctor);
        cases.put("delete refuses an enabled group and removes scopes", ConfigCases::delete);
    }

    private static void profiles(Guest guest) throws IOException {
        Files.createDirectories(Path.of("/srv/share"));
        Files.createDirectories(Path.of("/srv/archive"));
        for (String name : new String[] {"antivirus", "hsm", "indexer", "integrity"}) {
            Guest.Result first =
                    guest.fangctl("apply", "-f", PROFILES + name + ".yaml").expect(0);
            check(first.out().endsWith("1 created, 0 updated, 0 removed, 0 unchanged\n"), first.toString());
            equal(value(name + "/enabled"), "1");
            equal(value(name + "/label"), Path.of(PROFILES + name + ".yaml").toString());
            guest.fangctl("apply", "-f", PROFILES + name + ".yaml")
                    .expect(0, "0 created, 0 updated, 0 removed, 1 unchanged\n", "");
        }
        guest.fangctl("diff", "-f", PROFILES).expect(0, "", "");
        String scopes = guest.fangctl("scope", "list", "integrity").expect(0).out();
        check(scopes.contains("subtree /usr/bin\n") && !scopes.contains("inactive"), scopes);
    }

    private static void firstHour(Guest guest) {
        guest.fangctl("list", "-o", "json").expect(0, "[]\n", "");
        Path profile = file(
                "antivirus.yaml",
                "version: 1\ngroups:\n  antivirus: {priority: 10, mask: open_access, max_extensions: 3, scopes: [{subtree: "
                        + DIR + "}]}\n");
        guest.fangctl("apply", "-f", profile.toString())
                .expect(
                        0,
                        "created antivirus (enabled; open_access; subtree " + DIR + ")\n"
                                + "1 created, 0 updated, 0 removed, 0 unchanged\n",
                        "");
        guest.fangctl("create", "idx", "mask=close_write", "priority=10")
                .expect(0, "created idx (disabled, no scope). Next: fangctl scope add idx subtree=DIR\n", "");
        guest.fangctl("enable", "idx")
                .expect(
                        5,
                        "",
                        "fangctl: enable idx: EEXIST: priority 10 is taken by antivirus; free: 11."
                                + " Try: fangctl set idx priority=11\n");
        guest.fangctl("set", "idx", "priority=11").expect(0, "updated idx (priority 10 -> 11)\n", "");
        guest.fangctl("scope", "add", "idx", "subtree=" + DIR).expect(0, "idx: + subtree " + DIR + "\n", "");
        guest.fangctl("enable", "idx").expect(0, "idx: enabled, no listener yet\n", "");
        guest.fangctl("enable", "idx").expect(0, "idx: already enabled, no listener yet\n", "");
        String list = guest.fangctl("list").expect(0).out();
        equal(
                list.lines().skip(2).findFirst().orElse("").replaceAll(" +", " "),
                "idx 11 enabled close_write subtree=" + DIR + " 0 0 -");
        guest.fangctl("show", "idx", "timeout").expect(0, "5s\n", "");
        guest.fangctl("disable", "idx").expect(0, "idx: disabled\n", "");
    }

    private static void diff(Guest guest) {
        Path profile =
                file("p.yaml", "version: 1\ngroups:\n  g: {priority: 7, mask: open, scopes: [{subtree: /tmp}]}\n");
        guest.fangctl("diff", "-f", profile.toString())
                .expect(
                        1,
                        "--- /dev/null\n+++ profile/g\n@@ -0,0 +1,5 @@\n+  g:\n+    priority: 7\n+    mask: [open]\n"
                                + "+    scopes:\n+      - {subtree: /tmp}\n",
                        "");
        guest.fangctl("apply", "-f", profile.toString()).expect(0);
        guest.fangctl("set", "g", "mask=open,close_write").expect(0);
        guest.fangctl("scope", "add", "g", "filesystem=/tmp").expect(0);
        String diff = guest.fangctl("diff", "-f", profile.toString()).expect(1).out();
        check(diff.startsWith("--- kernel/g\n+++ profile/g\n@@ -1,"), diff);
        check(diff.contains("\n-    mask: [open, close_write]\n+    mask: [open]\n"), diff);
        check(diff.contains("\n-      - {filesystem: /tmp}\n") && diff.contains("\n       - {subtree: /tmp}\n"), diff);
        guest.fangctl("apply", "-f", profile.toString()).expect(0);
        guest.fangctl("diff", "-f", profile.toString()).expect(0, "", "");
        equal(value("g/enabled"), "1");
    }

    private static void export(Guest guest) throws IOException {
        guest.fangctl("create", "a", "priority=1", "mask=open_access,read", "timeout=90s", "on_timeout=deny", "report=")
                .expect(0);
        guest.fangctl("create", "true").expect(0);
        Files.createDirectories(DIR.resolve("it's a: \\ #dir"));
        guest.fangctl("scope", "add", "a", "subtree=" + DIR + "/it's a: \\134 #dir", "file=" + DIR + "/not yet")
                .expect(0);
        guest.fangctl("enable", "a").expect(0);
        String yaml = guest.fangctl("export").expect(0).out();
        guest.fangctlWith(yaml.getBytes(StandardCharsets.UTF_8), "apply", "-f", "-")
                .expect(0, "0 created, 0 updated, 0 removed, 2 unchanged\n", "");
        guest.clean();
        Files.createDirectories(DIR.resolve("it's a: \\ #dir"));
        guest.fangctlWith(yaml.getBytes(StandardCharsets.UTF_8), "apply", "-f", "-")
                .expect(0);
        equal(guest.fangctl("export").out(), yaml);
    }

    private static void rollBack(Guest guest) {
        Path good = file(
                "good.yaml", "version: 1\ngroups:\n  g: {priority: 7, mask: open, scopes: [{subtree: " + DIR + "}]}\n");
        guest.fangctl("apply", "-f", good.toString()).expect(0);
        String before = guest.fangctl("export").out();
        Path bad = file(
                "bad.yaml",
                "version: 1\ngroups:\n  g: {priority: 7, mask: read, scopes: [{subtree: /etc}]}\n"
                        + "  h:\n    priority: 8\n    mask: open\n    scopes: [{subtree: /nonexistent}]\n");
        guest.fangctl("apply", "-f", bad.toString(), "--adopt")
                .expect(
                        6,
                        "",
                        bad + ":7:14: groups.h.scopes[0]: ENOENT: /nonexistent does not exist\n"
                                + "rolled back, all is as it was\n");
        equal(guest.fangctl("export").out(), before);
        file("bad.yaml", "version: 1\ngroups:\n  g: {priority: 7, mask: open, scopes: [{filesystem: /proc}]}\n");
        Guest.Result refused =
                guest.fangctl("apply", "-f", bad.toString(), "--adopt").expect(6);
        check(refused.err().contains("groups.g.scopes[0]: EOPNOTSUPP: "), refused.err());
        equal(guest.fangctl("export").out(), before);
        equal(value("g/enabled"), "1");
    }

    private static void gap(Guest guest) {
        guest.fangctl("create", "g", "priority=7", "mask=open").expect(0);
        guest.fangctl("enable", "g").expect(0);
        guest.fangctl("set", "g", "priority=8").expect(5);
        equal(value("g/priority"), "7");
        guest.fangctl("set", "g", "priority=8", "--allow-gap")
                .expect(
                        0,
                        "updated g (priority 7 -> 8 (gap))\n",
                        "fangctl: warning: g: no scope, so it hears nothing. Next: fangctl scope add g subtree=DIR\n");
        equal(value("g/priority") + value("g/enabled"), "81");
    }

    private static void stage(Guest guest) throws IOException {
        Path guarded = Files.createDirectories(DIR.resolve("guarded"));
        Files.writeString(guarded.resolve("f"), "content");
        Path profile = file(
                "p.yaml",
                "version: 1\ngroups:\n  a: {priority: 7, mask: open, scopes: [all]}\n"
                        + "  b: {priority: 8, mask: open_access, on_no_listener: deny, scopes: [{subtree: "
                        + guarded + "}]}\n  off: {priority: 9, mask: open, enabled: false}\n");
        guest.fangctl("create", "mine", "priority=6", "mask=open").expect(0);
        String summary = "3 created, 0 updated, 0 removed, 0 unchanged. Next: fangctl enable --managed\n";
        String staged = guest.fangctl("apply", "-f", profile.toString(), "--stage")
                .expect(0)
                .out();
        check(staged.contains("created b (staged; ") && staged.endsWith(summary), staged);
        for (String group : new String[] {"a", "b", "off", "mine"}) {
            equal(group + value(group + "/enabled"), group + "0");
        }
        guest.shell("cat " + guarded + "/f").expect(0, "content", "");
        guest.fangctl("enable", "--managed").expect(0);
        equal(value("a/enabled") + value("b/enabled") + value("off/enabled") + value("mine/enabled"), "1100");
        check(guest.shell("cat " + guarded + "/f").exit() == 1, "what is guarded was opened");
        String again = guest.fangctl("apply", "-f", profile.toString(), "--stage")
                .expect(0)
                .out();
        equal(again, "0 created, 0 updated, 0 removed, 3 unchanged\n");
        guest.fangctl("disable", "--managed").expect(0);
        equal(value("a/enabled") + value("b/enabled"), "00");
        guest.shell("cat " + guarded + "/f").expect(0, "content", "");
    }

    private static void attributes(Guest guest) {
        guest.fangctl(
                        "create",
                        "g",
                        "priority=4294967295",
                        "mask=read_access,open",
                        "timeout=2500ms",
                        "max_extensions=0",
                        "max_timeouts=0",
                        "max_deliveries=1",
                        "on_timeout=deny",
                        "on_no_listener=wait",
                        "on_overflow=deny",
                        "on_cannot_wait=deny",
                        "queue_max=16",
                        "queue_bytes=65536",
                        "access_max=1",
                        "write_events=coalesced",
                        "report=path,fd",
                        "fd_mode=rw",
                        "permissive=true")
                .expect(0);
        String shown = guest.fangctl("show", "g").out().replaceAll(" +", " ");
        for (String line : new String[] {
            "priority 4294967295",
            "mask open read_access",
            "timeout 2500ms",
            "max_extensions 0",
            "max_timeouts 0",
            "max_deliveries 1",
            "on_timeout deny",
            "on_no_listener wait",
            "on_overflow deny",
            "on_cannot_wait deny",
            "queue_max 16",
            "queue_bytes 65536",
            "access_max 1",
            "write_events coalesced",
            "report fd path",
            "fd_mode rw",
            "permissive true"
        }) {
            check(shown.contains("\n " + line + "\n"), line + " is not in\n" + shown);
        }
        // What an admin reads in --help and the documentation is what the kernel starts with.
        guest.fangctl("create", "fresh").expect(0);
        equal(guest.fangctl("export", "fresh").out(), "version: 1\ngroups:\n  fresh:\n    enabled: false\n");
    }

    private static void oddScopes(Guest guest) {
        guest.fangctl("create", "g", "priority=7", "mask=open").expect(0);
        guest.shell("mkdir '" + DIR + "/'$'a b\\\\c\\nd\\377\\303\\244'").expect(0);
        String scope = "subtree " + DIR + "/a b\\134c\\012d\\377\u00e4";
        guest.fangctl("scope", "add", "g", scope.replace("subtree ", "subtree="))
                .expect(0, "g: + " + scope + "\n", "");
        guest.fangctl("scope", "add", "g", scope.replace("subtree ", "subtree="))
                .expect(0, "g: already " + scope + "\n", "");
        guest.fangctl("scope", "list", "g").expect(0, scope + "\n", "");
        String json = guest.fangctl("scope", "list", "g", "-o", "json").out();
        check(json.contains("\"path_bytes\"") && json.contains("\"active\": true"), json);
        guest.fangctl("scope", "remove", "g", scope.replace("subtree ", "subtree="))
                .expect(0, "g: - " + scope + "\n", "");
        guest.fangctl("scope", "list", "g").expect(0, "", "");
        // As arguments of a process; bytes that are no text go as octal digits.
        guest.shell("mkdir " + DIR + "/\u00e4 && fangctl scope add g subtree=" + DIR + "/\u00e4")
                .expect(0, "g: + subtree " + DIR + "/\u00e4\n", "");
        guest.fangctl("scope", "remove", "g", "subtree=" + DIR + "/\u00e4").expect(0);
        Guest.Result twice =
                guest.fangctl("scope", "add", "g", "subtree=/etc/passwd").expect(5);
        check(twice.err().contains("ENOTDIR"), twice.err());
        guest.fangctl("scope", "list", "g").expect(0, "", "");
    }

    private static void fastpath(Guest guest) {
        guest.fangctl("create", "g", "priority=7", "mask=open_access").expect(0);
        guest.fangctl("scope", "add", "g", "subtree=" + DIR).expect(0);
        guest.fangctl("enable", "g").expect(0);
        for (String name : new String[] {"one", "two words", "three\n", "four"}) {
            file(name, "x");
        }
        guest.fangctl("fastpath", "add", "g", DIR + "/one").expect(0, "g: 1 added\n", "");
        equal(value("g/fastpath/count"), "1");
        byte[] paths = (DIR + "/two words\0" + DIR + "/three\n\0" + DIR + "/gone\0").getBytes(StandardCharsets.UTF_8);
        guest.fangctlWith(paths, "fastpath", "add", "g", "-0")
                .expect(5, "g: 2 added, 1 refused\n", "fangctl: g: " + DIR + "/gone: ENOENT: no such file or entry\n");
        guest.fangctlWith((DIR + "/four\n").getBytes(StandardCharsets.UTF_8), "fastpath", "add", "g")
                .expect(0, "g: 1 added\n", "");
        equal(value("g/fastpath/count"), "4");
        guest.fangctl("fastpath", "add", "g", DIR.toString())
                .expect(5, "g: 0 added, 1 refused\n", "fangctl: g: " + DIR + ": EINVAL: not a regular file\n");
        guest.fangctl("fastpath", "remove", "g", DIR + "/one").expect(0, "g: 1 removed\n", "");
        guest.fangctl("fastpath", "remove", "g", DIR + "/one").expect(5);
        equal(value("g/fastpath/count"), "3");
        guest.fangctl("fastpath", "flush", "g").expect(0, "g: flushed\n", "");
        equal(value("g/fastpath/count"), "0");
    }

    private static void preload(Guest guest) throws IOException {
        Files.createDirectories(DIR.resolve("ro/deep"));
        file("ro/a.pdf", "x");
        file("ro/deep/b.pdf", "x");
        file("ro/deep/c.txt", "x");
        Path profile = file(
                "p.yaml",
                "version: 1\ngroups:\n  g:\n    priority: 7\n    mask: open_access\n    max_extensions: 3\n    scopes: [{subtree: "
                        + DIR + "}]\n    fastpath: {max: 100, preload: ['" + DIR + "/ro/**.pdf', " + DIR + "/none]}\n");
        Guest.Result result = guest.fangctl("apply", "-f", profile.toString()).expect(0);
        check(result.err().contains("g: not preloaded: " + DIR + "/none: ENOENT"), result.err());
        equal(value("g/fastpath/count"), "2");
        Guest.Result again = guest.fangctl("apply", "-f", profile.toString()).expect(0);
        equal(again.out(), "0 created, 0 updated, 0 removed, 1 unchanged\n");
        equal(value("g/fastpath/count"), "2");
    }

    private static void doctor(Guest guest) throws IOException {
        guest.fangctl("doctor").expect(0, "ok: module loaded, 0 groups\n", "");
        guest.fangctl("create", "g", "priority=7", "mask=open_access", "on_no_listener=deny", "permissive=true")
                .expect(0);
        Path scoped = Files.createDirectories(DIR.resolve("scoped"));
        guest.fangctl("scope", "add", "g", "subtree=" + scoped).expect(0);
        guest.fangctl("enable", "g").expect(0);
        Files.delete(scoped);
        Path enforce = Path.of("/sys/module/fang/parameters/enforce");
        Guest.store(enforce, "N");
        Guest.Result found = guest.fangctl("doctor").expect(1);
        String json = guest.fangctl("doctor", "-o", "json").expect(1).out();
        Guest.store(enforce, "Y");
        check(found.out().contains("enforce is off"), found.out());
        check(found.out().contains("g: no listener, and on_no_listener is deny"), found.out());
        check(found.out().contains("g: permissive"), found.out());
        check(found.out().contains("subtree " + scoped + " is inactive"), found.out());
        check(json.contains("\"check\": \"denies_without_listener\""), json);
        check(!guest.fangctl("doctor").out().contains("enforce"), "enforce is still off");
    }

    private static void delete(Guest guest) {
        guest.fangctl("create", "g", "priority=7", "mask=open").expect(0);
        guest.fangctl("scope", "add", "g", "subtree=" + DIR).expect(0);
        guest.fangctl("enable", "g").expect(0);
        guest.fangctl("delete", "g").expect(5, "", "fangctl: delete g: EBUSY: g is enabled. Try: fangctl disable g\n");
        guest.fangctl("disable", "g").expect(0);
        guest.fangctl("delete", "g").expect(0, "deleted g\n", "");
        guest.fangctl("show", "g").expect(5, "", "fangctl: ENOENT: no group \"g\". Try: fangctl list\n");
        check(!Files.exists(Path.of("/dev/fang/g")), "/dev/fang/g is still there");
    }
}
