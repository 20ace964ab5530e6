// SPDX-License-Identifier: Apache-2.0
package fang.ctl.guest;

import static fang.ctl.guest.Guest.DIR;
import static fang.ctl.guest.Guest.check;
import static fang.ctl.guest.Guest.equal;
import static fang.ctl.guest.Guest.file;
import static fang.ctl.guest.Guest.text;
import static fang.ctl.guest.Guest.until;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** How rates are seen to go on. */
final class WatchCases {
    private static final Path OUT = Path.of("/run/watch.out");

    private WatchCases() {}

    static void add(Map<String, KtapMain.Case> cases) {
        cases.put("stats --watch tells rates while groups come and go, until Ctrl-C", WatchCases::rates);
        cases.put("stats --watch ends quietly when nobody reads", WatchCases::closed);
    }

    private static void group(Guest guest) {
        guest.fangctl("create", "g", "priority=7", "mask=open_access").expect(0);
        guest.fangctl("scope", "add", "g", "subtree=" + DIR).expect(0);
        guest.fangctl("enable", "g").expect(0);
    }

    private static void opens(Guest guest, int times) {
        guest.shell("for i in $(seq " + times + "); do : <" + DIR + "/f; done").expect(0);
    }

    /** What jq finds in the lines so far, true or false of each. */
    private static boolean some(Guest guest, String condition) {
        return guest.shell("jq -c '[.groups[] | " + condition + "] | any' " + OUT)
                .out()
                .contains("true");
    }

    private static void rates(Guest guest) {
        file("f", "content");
        group(guest);
        opens(guest, 3);
        Process watch = guest.start("exec fangctl stats --watch 100ms -o jsonl >" + OUT + " 2>/run/watch.err");
        until("the first line", () -> Files.exists(OUT) && !text(OUT).isEmpty());
        check(some(guest, ".name == \"g\" and .stats.no_listener == \"3\" and .new == false"), text(OUT));
        check(!some(guest, ".rates.no_listener > 0"), text(OUT));
        opens(guest, 5);
        until("a rate", () -> some(guest, ".rates.no_listener > 0"));
        // All that is told as rates is what was counted meanwhile.
        until(
                "the rest",
                () -> guest.shell("jq -s '[.[].groups[] | .rates.no_listener * .seconds] | add | round' " + OUT)
                        .out()
                        .equals("5\n"));
        guest.fangctl("disable", "g").expect(0);
        guest.fangctl("delete", "g").expect(0);
        until("it is gone", () -> text(OUT).contains("\"gone\":[\"g\"]"));
        group(guest);
        opens(guest, 2);
        until("it is back", () -> some(guest, ".new and .name == \"g\""));
        until("its counts", () -> some(guest, ".stats.no_listener == \"2\""));
        guest.shell("kill -INT " + watch.pid()).expect(0);
        Guest.end(watch).expect(130);
        equal(text(Path.of("/run/watch.err")), "");
    }

    private static void closed(Guest guest) {
        group(guest);
        Guest.Result result = guest.shell(
                "fangctl stats --watch 100ms 2>/run/watch.err | head -n 1 >/dev/null; echo ${PIPESTATUS[*]}");
        result.expect(0, "0 0\n", "");
        equal(text(Path.of("/run/watch.err")), "");
    }
}
