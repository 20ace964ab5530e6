// SPDX-License-Identifier: Apache-2.0
package fang.ctl.guest;

import static fang.ctl.guest.Guest.check;
import static fang.ctl.guest.Guest.equal;
import static fang.ctl.guest.Guest.until;
import static fang.ctl.guest.Guest.value;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A change for a try, and what becomes of it without an answer. */
final class TryCases {
    private static final Path PROFILE = Path.of("/run/try.yaml");

    private TryCases() {}

    static void add(Map<String, KtapMain.Case> cases) {
        cases.put("try: killed, it puts back a group that denies every open on /", TryCases::killed);
        cases.put("try: when its terminal hangs up, all is put back", TryCases::hungUp);
        cases.put("try: another process confirms", TryCases::confirmed);
    }

    private static ProcessHandle start(Guest guest, String scope, String output) throws Exception {
        Files.writeString(
                PROFILE,
                "version: 1\ngroups:\n  guard: {priority: 7, mask: [open_access], timeout: 1s,"
                        + " on_no_listener: deny, scopes: [{" + scope + "}]}\n");
        Process shell = guest.start("exec fangctl try -f " + PROFILE + " --confirm-within 10m >" + output + " 2>&1");
        until("the group is in force", () -> {
            if (!shell.isAlive()) {
                throw new AssertionError("try ended: " + Guest.text(Path.of(output)));
            }
            return isEnabled();
        });
        return shell.toHandle();
    }

    /** A directory of configfs is there a moment before its files are. */
    private static boolean isEnabled() {
        try {
            return Files.readString(Guest.CONFIGFS.resolve("guard/enabled")).equals("1\n");
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isGone() {
        return !Files.exists(Guest.CONFIGFS.resolve("guard"));
    }

    private static void killed(Guest guest) throws Exception {
        ProcessHandle tool = start(guest, "filesystem: /", "/run/try.out");
        tool.destroyForcibly();
        until("the group is gone", TryCases::isGone);
        check(guest.shell("dmesg | tail -n 20").expect(0).out().contains("fangctl: try: undone"), "nothing in the log");
    }

    private static void hungUp(Guest guest) throws Exception {
        ProcessHandle tool = start(guest, "subtree: /mnt", "/run/try.out");
        guest.shell("kill -HUP " + tool.pid()).expect(0);
        until("the group is gone", TryCases::isGone);
    }

    private static void confirmed(Guest guest) throws Exception {
        ProcessHandle tool = start(guest, "subtree: /mnt", "/run/try.out");
        guest.fangctl("try", "--confirm").expect(0, "confirmed\n", "");
        until("it ends", () -> !tool.isAlive());
        equal(value("guard/enabled"), "1");
        guest.fangctl("disable", "guard").expect(0);
        guest.fangctl("delete", "guard").expect(0);
    }
}
