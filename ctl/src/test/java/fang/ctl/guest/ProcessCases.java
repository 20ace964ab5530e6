// SPDX-License-Identifier: Apache-2.0
package fang.ctl.guest;

import static fang.ctl.guest.Guest.DIR;
import static fang.ctl.guest.Guest.check;
import static fang.ctl.guest.Guest.equal;
import static fang.ctl.guest.Guest.file;
import static fang.ctl.guest.Guest.stat;
import static fang.ctl.guest.Guest.until;
import static fang.ctl.guest.Guest.value;

import java.nio.file.Path;
import java.util.Map;

/** Real processes and pipelines: what one JVM cannot show. Few, because each starts one. */
final class ProcessCases {
    private ProcessCases() {}

    static void add(Map<String, KtapMain.Case> cases) {
        cases.put("listen | filter | respond decides on / without one time-out", ProcessCases::pipeline);
        cases.put("listen | head ends quietly", ProcessCases::head);
        cases.put("Ctrl-C ends listen with 130", ProcessCases::interrupt);
        cases.put("an ordinary user may look and not touch", ProcessCases::ordinaryUser);
    }

    private static void pipeline(Guest guest) {
        file("good", "content");
        file("evil", "content");
        guest.fangctl("create", "av", "priority=7", "mask=open_access", "timeout=20s", "on_timeout=deny")
                .expect(0);
        guest.fangctl("scope", "add", "av", "filesystem=/", "filesystem=/tmp").expect(0);
        guest.fangctl("enable", "av").expect(0);
        Process pipeline = guest.start("fangctl listen av -o jsonl"
                + " | jq -c --unbuffered 'select(.deadline_ns) | {id, response: (if .path | test(\"/evil$\") then \"deny\" else \"allow\" end)}'"
                + " | fangctl respond av");
        until("the listener", () -> value("av/listeners").equals("1"));
        guest.shell("cat " + DIR + "/good /etc/passwd >/dev/null").expect(0);
        Guest.Result evil = guest.shell("cat " + DIR + "/evil").expect(1);
        check(evil.out().contains("Operation not permitted"), evil.out());
        for (int i = 0; i < 5; i++) {
            guest.shell("cat " + DIR + "/good").expect(0, "content", "");
        }
        equal(stat("av", "timed_out"), 0L);
        equal(stat("av", "denied"), 1L);
        check(stat("av", "allowed") >= 6, "allowed " + stat("av", "allowed"));
        guest.fangctl("disable", "av").expect(0);
        guest.fangctl("delete", "av").expect(0);
        // The listener reads end of file, the rest follows; ids that were settled meanwhile make it 1.
        check(Guest.end(pipeline).exit() <= 1, "the pipeline failed");
    }

    private static void head(Guest guest) {
        guest.fangctl("create", "g", "priority=7", "mask=close_write").expect(0);
        guest.fangctl("scope", "add", "g", "subtree=" + DIR).expect(0);
        guest.fangctl("enable", "g").expect(0);
        Process pipeline =
                guest.start("fangctl listen g 2>/tmp/fang-err | head -n 1 | grep -c /first; echo ${PIPESTATUS[*]}");
        until("the listener", () -> value("g/listeners").equals("1"));
        guest.shell("echo >" + DIR + "/first").expect(0);
        // No second event is needed.
        Guest.end(pipeline).expect(0, "1\n0 0 0\n", "");
        equal(Guest.text(Path.of("/tmp/fang-err")), "listening on g, Ctrl-C ends\n");
    }

    private static void interrupt(Guest guest) {
        guest.fangctl("create", "g", "priority=7", "mask=close_write").expect(0);
        Process listen = guest.start("exec fangctl listen g >/dev/null 2>&1");
        until("the listener", () -> value("g/listeners").equals("1"));
        long pid = listen.descendants()
                .filter(p -> p.info().command().orElse("").contains("java"))
                .findFirst()
                .orElse(listen.toHandle())
                .pid();
        guest.shell("kill -INT " + pid).expect(0);
        Guest.end(listen).expect(130);
        equal(value("g/listeners"), "0");
    }

    private static void ordinaryUser(Guest guest) {
        guest.fangctl("create", "g", "priority=7", "mask=close_write").expect(0);
        String user = "setpriv --reuid 1000 --regid 1000 --clear-groups fangctl ";
        Guest.Result look = guest.shell(user + "list").expect(0);
        check(look.out().contains("g  "), look.out());
        guest.shell(user + "enable g")
                .expect(
                        77,
                        "fangctl: no permission to write /sys/kernel/config/fang (run as root)."
                                + " list, show, stats, check, diff work without\n",
                        "");
        guest.shell(user + "listen g").expect(77, "fangctl: no permission to open /dev/fang/g (run as root)\n", "");
        equal(value("g/enabled"), "0");
    }
}
