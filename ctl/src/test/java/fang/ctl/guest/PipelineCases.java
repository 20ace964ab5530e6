// SPDX-License-Identifier: Apache-2.0
package fang.ctl.guest;

import static fang.ctl.guest.Guest.DIR;
import static fang.ctl.guest.Guest.check;
import static fang.ctl.guest.Guest.equal;
import static fang.ctl.guest.Guest.file;
import static fang.ctl.guest.Guest.stat;
import static fang.ctl.guest.Guest.until;
import static fang.ctl.guest.Guest.value;

import java.util.Map;

/** The pipelines of the README, as they stand there but for names. */
final class PipelineCases {
    private PipelineCases() {}

    static void add(Map<String, KtapMain.Case> cases) {
        cases.put("README pipeline: a command for each finished file, of any name", PipelineCases::command);
        cases.put("README pipeline: a program's exit code decides", PipelineCases::exitCode);
        cases.put("README pipeline: jq counts who writes most", PipelineCases::count);
        cases.put("README pipeline: find fills the fastpath", PipelineCases::fastpath);
        cases.put("README pipeline: list | jq | batch changes many groups", PipelineCases::batch);
    }

    private static void group(Guest guest, String name, String priority, String mask) {
        guest.fangctl("create", name, "priority=" + priority, "mask=" + mask, "timeout=20s", "report=path,comm")
                .expect(0);
        guest.fangctl("scope", "add", name, "subtree=" + DIR).expect(0);
        guest.fangctl("enable", name).expect(0);
    }

    private static void remove(Guest guest, String name) {
        guest.fangctl("disable", name).expect(0);
        guest.fangctl("delete", name).expect(0);
    }

    private static void command(Guest guest) {
        group(guest, "idx", "7", "close_write");
        Process listen = guest.start("fangctl listen idx --count 2 -- sha256sum {} 2>/dev/null");
        until("the listener", () -> value("idx/listeners").equals("1"));
        guest.shell("echo x >" + DIR + "/plain; echo x >'" + DIR + "/odd '$'\\n\\xff'")
                .expect(0);
        Guest.Result result = Guest.end(listen).expect(0);
        equal(
                result.out()
                        .lines()
                        .filter(line ->
                                line.contains("73cb3858a687a8494ca3323053016282f3dad39d42cf62ca4e79dda2aac7d9ac"))
                        .count(),
                2L);
        remove(guest, "idx");
    }

    private static void exitCode(Guest guest) {
        file("good", "content");
        file("evil", "virus");
        group(guest, "av", "7", "open_access");
        Process listen = guest.start("fangctl listen av --respond exit --jobs 2 -- grep -qv virus {} 2>/dev/null");
        until("the listener", () -> value("av/listeners").equals("1"));
        guest.shell("cat " + DIR + "/good").expect(0, "content", "");
        check(guest.shell("cat " + DIR + "/evil").expect(1).out().contains("Operation not permitted"), "not denied");
        equal(stat("av", "timed_out"), 0L);
        remove(guest, "av");
        Guest.end(listen).expect(0);
    }

    private static void count(Guest guest) {
        group(guest, "idx", "7", "close_write");
        Process pipeline = guest.start(
                "fangctl listen idx -o jsonl --count 5 2>/dev/null | jq -r .comm | sort | uniq -c | sort -rn | head -n 1");
        until("the listener", () -> value("idx/listeners").equals("1"));
        guest.shell("for i in 1 2 3 4; do cp /etc/hostname " + DIR + "/$i; done; touch " + DIR + "/5")
                .expect(0);
        equal(Guest.end(pipeline).expect(0).out().trim(), "4 cp");
        remove(guest, "idx");
    }

    private static void fastpath(Guest guest) {
        guest.shell("mkdir -p /mnt && mount -t tmpfs tmpfs /mnt && cd /mnt && echo a >plain && echo b >$'odd\\n\\xff'")
                .expect(0);
        guest.fangctl("create", "av", "priority=7", "mask=open_access", "timeout=1s", "on_no_listener=deny")
                .expect(0);
        guest.fangctl("scope", "add", "av", "subtree=/mnt").expect(0);
        guest.fangctl("enable", "av").expect(0);
        guest.shell("find /mnt -type f -print0 | fangctl fastpath add av -0").expect(0, "av: 2 added\n", "");
        guest.shell("cat /mnt/plain /mnt/odd*").expect(0);
        guest.fangctl("fastpath", "flush", "av").expect(0);
        guest.shell("fangctl fastpath add av /mnt/plain /mnt/odd*").expect(0, "av: 2 added\n", "");
        guest.shell("cat /mnt/plain /mnt/odd*").expect(0);
        remove(guest, "av");
        guest.shell("umount /mnt").expect(0);
    }

    private static void batch(Guest guest) {
        group(guest, "one", "7", "close_write");
        group(guest, "two", "8", "open");
        guest.shell(
                        "fangctl list -o json | jq -r '.[] | select(.mask | index(\"close_write\")) | \"set \\(.name) queue_max=20000\"'"
                                + " | fangctl batch -")
                .expect(0);
        equal(value("one/queue_max"), "20000");
        equal(value("two/queue_max"), "16384");
        remove(guest, "one");
        remove(guest, "two");
    }
}
