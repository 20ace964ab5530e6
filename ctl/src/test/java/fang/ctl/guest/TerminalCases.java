// SPDX-License-Identifier: Apache-2.0
package fang.ctl.guest;

import static fang.ctl.guest.Guest.DIR;
import static fang.ctl.guest.Guest.check;
import static fang.ctl.guest.Guest.equal;

import fang.ctl.sys.Posix;
import fang.ctl.sys.SysException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Map;

/** What people see at a real terminal, and pipes do not. */
final class TerminalCases {
    private static final int O_NOCTTY = 0x100;
    private static final long TIOCSPTLCK = 0x40045431;
    private static final long TIOCGPTN = 0x80045430;
    private static final long TIOCSWINSZ = 0x5414;

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
            String shown = onTerminal(guest, columns, "fangctl list");
            check(shown.contains("\u2026") && shown.lines().count() == 2, shown);
            for (String line : shown.split("\r?\n")) {
                long wide = line.chars().filter(c -> c >= 0x4e00).count();
                check(line.length() + wide <= columns, columns + ": " + line);
            }
            equal(onTerminal(guest, columns, "COLUMNS=200 fangctl list").replace("\r", ""), whole);
        }
        guest.fangctl("enable", name).expect(0);
        String painted = onTerminal(guest, 200, "fangctl status");
        check(painted.contains("\u001b[1;31mNO: no listener\u001b[m"), painted);
        painted = onTerminal(guest, 200, "NO_COLOR=1 fangctl status");
        check(painted.contains("NO: no listener") && !painted.contains("\u001b"), painted);
        check(!guest.shell("fangctl status | cat").out().contains("\u001b"), "a pipe got colours");
    }

    /** What a command writes to a terminal of so many columns. */
    private static String onTerminal(Guest guest, int columns, String command) {
        Posix posix = Posix.system();
        int terminal = posix.open("/dev/ptmx", Posix.O_RDWR | O_NOCTTY | Posix.O_NONBLOCK | Posix.O_CLOEXEC);
        try {
            ByteBuffer argument = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());
            posix.ioctl(terminal, TIOCSPTLCK, argument);
            posix.ioctl(terminal, TIOCGPTN, argument);
            int number = argument.getInt(0);
            posix.ioctl(terminal, TIOCSWINSZ, argument.putShort(0, (short) 24).putShort(2, (short) columns));
            guest.shell("TERM=xterm " + command + " >/dev/pts/" + number);
            ByteBuffer shown = ByteBuffer.allocateDirect(4096);
            try {
                while (posix.read(terminal, shown) > 0) {
                    // more may come
                }
            } catch (SysException e) {
                // no more
            }
            byte[] bytes = new byte[shown.flip().remaining()];
            shown.get(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        } finally {
            posix.close(terminal);
        }
    }
}
