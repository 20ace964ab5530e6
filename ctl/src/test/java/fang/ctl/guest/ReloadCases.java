// SPDX-License-Identifier: Apache-2.0
package fang.ctl.guest;

import static fang.ctl.guest.Guest.CONFIGFS;
import static fang.ctl.guest.Guest.DIR;
import static fang.ctl.guest.Guest.check;
import static fang.ctl.guest.Guest.equal;
import static fang.ctl.guest.Guest.file;
import static fang.ctl.guest.Guest.until;
import static fang.ctl.guest.Guest.value;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Two builds of the real module, one of which takes the place of the other with all groups. */
final class ReloadCases {
    private static final String OLD = "/fang/fang-debug.ko";
    private static final String NEW = "/fang/fang.ko";
    private static final Path SRCVERSION = Path.of("/sys/module/fang/srcversion");
    private static final Path ENFORCE = Path.of("/sys/module/fang/parameters/enforce");

    /** What is counted and found, and what nobody may read. */
    private static final List<String> OTHERS = List.of(
            "/stats/",
            "/fastpath/count",
            "/fastpath/generation",
            "/fastpath/add",
            "/fastpath/remove",
            "/fastpath/flush",
            "/respond",
            "/denials",
            "/pending",
            "/hits");

    private ReloadCases() {}

    static void add(Map<String, KtapMain.Case> cases) {
        cases.put("reload-module: another build takes over all groups, and the first one again", ReloadCases::there);
        cases.put("reload-module: one that does not load leaves all as it was", ReloadCases::broken);
        cases.put("reload-module: a listener is told of, or ended", ReloadCases::listener);
    }

    private static void groups(Guest guest) {
        file("bad", "bad");
        file("good", "good");
        guest.fangctl("create", "av", "priority=7", "mask=open_access", "report=comm,exe", "timeout=2s")
                .expect(0);
        guest.fangctl("scope", "add", "av", "subtree=" + DIR, "file=/etc/passwd")
                .expect(0);
        guest.fangctl("exemption", "add", "av", "uid=1000", "tgid=1").expect(0);
        guest.fangctl("rule", "add", "av", "subtree=" + DIR, "uid=0", "respond=deny")
                .expect(0);
        guest.fangctl("enable", "av").expect(0);
        guest.fangctl("create", "idx", "priority=9", "mask=close_write").expect(0);
        guest.shell("cd " + CONFIGFS + "/idx && echo me >label && mkdir scopes/all scopes/half rules/later && "
                        + "echo subtree >scopes/half/type && echo 7 >rules/later/set && echo 5 >fastpath/max")
                .expect(0);
    }

    private static Map<String, String> state() throws IOException {
        Map<String, String> state = new TreeMap<>();
        try (var files = Files.walk(CONFIGFS)) {
            for (Path file : files.toList()) {
                String name = file.toString();
                if (Files.isRegularFile(file) && OTHERS.stream().noneMatch(name::contains)) {
                    state.put(name, new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
                }
            }
        }
        return state;
    }

    private static void there(Guest guest) throws Exception {
        groups(guest);
        String loaded = Guest.text(SRCVERSION);
        guest.shell("echo N >" + ENFORCE).expect(0);
        Map<String, String> before = state();
        check(before.size() > 60, "only " + before.size() + " files");
        Guest.Result refused = guest.fangctl("reload-module", NEW, "--old", OLD).expect(5);
        check(refused.err().contains("out of force meanwhile: av"), refused.err());
        Guest.Result result =
                guest.fangctl("reload-module", NEW, "--old", OLD, "--allow-gap").expect(0);
        check(result.out().contains(": 2 groups, 1 enabled, out of force for "), result.out());
        check(!Guest.text(SRCVERSION).equals(loaded), "it is the same module");
        equal(state(), before);
        equal(Guest.text(ENFORCE), "N\n");
        guest.shell("echo Y >" + ENFORCE).expect(0);
        guest.shell("cat " + DIR + "/good").expect(1);
        guest.shell("setpriv --reuid 1000 --clear-groups cat " + DIR + "/good").expect(0, "good", "");
        guest.fangctl("reload-module", OLD, "--old", NEW, "--allow-gap").expect(0);
        equal(Guest.text(SRCVERSION), loaded);
        equal(state(), before);
        guest.shell("cat " + DIR + "/good").expect(1);
    }

    /** A module that asks for a function that this kernel does not have. */
    private static void broken(Guest guest) throws Exception {
        groups(guest);
        String loaded = Guest.text(SRCVERSION);
        Map<String, String> before = state();
        guest.shell("sed 's/fsnotify_destroy_mark/fsnotify_destroy_park/g' " + NEW + " >/run/broken.ko")
                .expect(0);
        Guest.Result result = guest.fangctl("reload-module", "/run/broken.ko", "--old", OLD, "--allow-gap")
                .expect(6);
        check(result.err().contains("the old module is back, all groups are as they were"), result.err());
        equal(Guest.text(SRCVERSION), loaded);
        equal(state(), before);
        guest.shell("cat " + DIR + "/good").expect(1);
    }

    private static void listener(Guest guest) throws Exception {
        guest.fangctl("create", "g", "priority=7", "mask=close_write").expect(0);
        Process listen = guest.start("exec fangctl listen g 2>&1");
        until("the listener", () -> value("g/listeners").equals("1"));
        Guest.Result refused = guest.fangctl("reload-module", NEW, "--old", OLD).expect(5);
        check(refused.err().matches("(?s).*g is held by [0-9]+\\(.*\\).*--end-listeners.*"), refused.err());
        guest.fangctl("reload-module", NEW, "--old", OLD, "--end-listeners").expect(0);
        Guest.end(listen).expect(0);
        equal(value("g/listeners"), "0");
        guest.fangctl("reload-module", OLD, "--old", NEW).expect(0);
    }
}
