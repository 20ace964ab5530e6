// SPDX-License-Identifier: Apache-2.0
package fang.ctl.guest;

import static fang.ctl.guest.Guest.DIR;
import static fang.ctl.guest.Guest.check;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;

/** What people see at a real terminal, and pipes do not. */
final class TerminalCases {
    private TerminalCases() {}

    static void add(Map<String, KtapMain.Case> cases) {
        cases.put("tables fit the terminal, and a pipe gets all", TerminalCases::tables);
    }

    private static void tables(Guest guest) throws IOException {
        String name = "antivirus-of-the-file-server-in-the-cellar";
        Files.createDirectories(
                DIR.resolve("\u4e2d\u6587\u4e2d\u6587\u4e2d\u6587\u4e2d\u6587\u4e2d\u6587\u4e2d\u6587"));
        guest.fangctl("create", name, "priority=7", "mask=open_access,close_write")
                .expect(0);
        guest.fangctl(
                        "scope",
                        "add",
                        name,
                        "subtree=" + DIR + "/\u4e2d\u6587\u4e2d\u6587\u4e2d\u6587\u4e2d\u6587\u4e2d\u6587\u4e2d\u6587")
                .expect(0);
        String whole = guest.shell("fangctl list | cat").out();
        check(whole.contains(name) && !whole.contains("\u2026"), whole);
        for (int columns : new int[] {40, 80}) {
            String shown = guest.shell("script -qec 'stty cols " + columns + "; fangctl list' /dev/null </dev/null")
                    .out();
            check(shown.contains("\u2026") && shown.lines().count() == 2, shown);
            for (String line : shown.split("\r?\n")) {
                long wide = line.chars().filter(c -> c >= 0x4e00).count();
                check(line.length() + wide <= columns, columns + ": " + line);
            }
        }
        guest.fangctl("enable", name).expect(0);
        String painted = guest.shell("script -qec 'stty cols 200; fangctl status' /dev/null </dev/null")
                .out();
        check(painted.contains("\u001b[1;31mNO: no listener\u001b[m"), painted);
        painted = guest.shell("NO_COLOR=1 script -qec 'stty cols 200; fangctl status' /dev/null </dev/null")
                .out();
        check(painted.contains("NO: no listener") && !painted.contains("\u001b"), painted);
        check(!guest.shell("fangctl status | cat").out().contains("\u001b"), "a pipe got colours");
    }
}
