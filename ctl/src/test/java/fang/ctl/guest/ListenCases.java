// SPDX-License-Identifier: Apache-2.0
package fang.ctl.guest;

import static fang.ctl.guest.Guest.DIR;
import static fang.ctl.guest.Guest.check;
import static fang.ctl.guest.Guest.equal;
import static fang.ctl.guest.Guest.file;
import static fang.ctl.guest.Guest.stat;
import static fang.ctl.guest.Guest.until;
import static fang.ctl.guest.Guest.value;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Events and responses through the device and the group's respond file. */
final class ListenCases {
    private static final String EPERM = "Operation not permitted";

    private ListenCases() {}

    static void add(Map<String, KtapMain.Case> cases) {
        cases.put("listen shows events as text", ListenCases::text);
        cases.put("listen shows events as JSON lines, bytes kept", ListenCases::json);
        cases.put("listen separates paths by NUL", ListenCases::paths);
        cases.put("listen --respond decides every request", ListenCases::respondAll);
        cases.put("listen --respond allow --fastpath is asked once", ListenCases::fastpath);
        cases.put("its own process group raises no events", ListenCases::exempt);
        cases.put("listen tells of lost events", ListenCases::overflow);
        cases.put("listen shows state, missed events and who it was", ListenCases::state);
        cases.put("coalesced writes: listen clears what it has shown", ListenCases::coalesced);
        cases.put("coalesced writes: respond clears by id and from stdin", ListenCases::clear);
        cases.put("listen ends when the group goes", ListenCases::gone);
        cases.put("respond allows and denies by id", ListenCases::respondById);
        cases.put("respond reads decisions from stdin", ListenCases::respondStdin);
        cases.put("more_time moves the deadline, but not for ever", ListenCases::moreTime);
    }

    private static void group(Guest guest, String... attributes) {
        String[] args = new String[attributes.length + 2];
        args[0] = "create";
        args[1] = "g";
        System.arraycopy(attributes, 0, args, 2, attributes.length);
        guest.fangctl(args).expect(0);
        guest.fangctl("scope", "add", "g", "subtree=" + DIR).expect(0);
        guest.fangctl("enable", "g").expect(0);
    }

    private static void text(Guest guest) {
        group(guest, "priority=7", "mask=close_write");
        Guest.Listening listening = guest.listen("g", "--count", "1");
        guest.shell("echo x >'" + DIR + "/a b'").expect(0);
        Guest.Result result = listening.end().expect(0);
        check(
                result.out()
                        .matches("[0-9:]{8}\\.[0-9]{3} close_write pid=[0-9]+(\\(bash\\))? uid=0 " + DIR + "/a b\n"),
                result.out());
        equal(result.err(), "listening on g, Ctrl-C ends\n");
    }

    private static void json(Guest guest) {
        group(guest, "priority=7", "mask=open,close_nowrite");
        file("plain", "x");
        Guest.Listening listening = guest.listen("g", "-o", "jsonl", "--count", "2");
        guest.shell("exec 3<" + DIR + "/plain; exec 3<&-; echo >'" + DIR + "/'$'\\377'")
                .expect(0);
        List<String> lines = listening.end().expect(0).out().lines().toList();
        lines = lines.stream()
                .filter(line -> !line.contains("\"kind\":\"state\""))
                .toList();
        equal(lines.size(), 2);
        check(lines.get(0).contains("\"kind\":\"open\",\"id\":\""), lines.get(0));
        check(lines.get(0).contains("\"path\":\"" + DIR + "/plain\""), lines.get(0));
        check(lines.get(1).contains("\"kind\":\"close_nowrite\""), lines.get(1));
        listening = guest.listen("g", "-o", "jsonl", "--count", "1", "--path", DIR + "/?377");
        guest.shell("exec 3<'" + DIR + "/'$'\\377'").expect(0);
        check(listening.end().out().contains("\"path_bytes\":\""), listening.out());
    }

    private static void paths(Guest guest) {
        group(guest, "priority=7", "mask=close_write");
        Guest.Listening listening = guest.listen("g", "-0", "--count", "2");
        guest.shell("echo >'" + DIR + "/'$'a\\nb'; echo >" + DIR + "/c").expect(0);
        equal(listening.end().out(), DIR + "/a\nb\0" + DIR + "/c\0");
    }

    private static void respondAll(Guest guest) {
        file("f", "content");
        group(guest, "priority=7", "mask=open_access", "on_no_listener=deny");
        Guest.Listening listening = guest.listen("g", "--respond", "deny", "--count", "1");
        Guest.Result denied = guest.shell("cat " + DIR + "/f").expect(1);
        check(denied.out().contains(EPERM), denied.out());
        check(listening.end().out().contains(" open_access id="), listening.out());
        listening = guest.listen("g", "--respond", "allow", "--count", "1");
        guest.shell("cat " + DIR + "/f").expect(0, "content", "");
        listening.end().expect(0);
        equal(stat("g", "timed_out"), 0L);
        String stats = guest.fangctl("stats", "g").expect(0).out();
        check(stats.matches("(?s).*\nmax_wait_ms +[0-9]+\nwaited_us +[0-9]+\nlatency_us<[0-9]+ +[12]\n.*"), stats);
    }

    private static void fastpath(Guest guest) {
        file("f", "content");
        group(guest, "priority=7", "mask=open_access", "on_no_listener=deny");
        Guest.Listening listening = guest.listen("g", "--respond", "allow", "--fastpath", "--count", "1");
        guest.shell("cat " + DIR + "/f").expect(0, "content", "");
        listening.end().expect(0);
        equal(stat("g", "fastpath_added"), 1L);
        // No listener any more: only the fastpath lets this through.
        guest.shell("cat " + DIR + "/f").expect(0, "content", "");
        equal(stat("g", "fastpath_hits"), 1L);
        guest.fangctl("set", "g", "on_no_listener=allow").expect(0);
        guest.shell("echo more >>" + DIR + "/f").expect(0);
        guest.fangctl("set", "g", "on_no_listener=deny").expect(0);
        guest.shell("cat " + DIR + "/f").expect(1);
        guest.fangctl("fastpath", "add", "g", DIR + "/f").expect(0);
        guest.shell("cat " + DIR + "/f").expect(0, "contentmore\n", "");
        guest.fangctl("fastpath", "flush", "g").expect(0);
        guest.shell("cat " + DIR + "/f").expect(1);
    }

    private static void exempt(Guest guest) throws Exception {
        group(guest, "priority=7", "mask=close_write");
        Guest.Listening listening = guest.listen("g", "--count", "1");
        // Same process group as this JVM, which listens.
        Process own = new ProcessBuilder("bash", "-c", "echo >" + DIR + "/own").start();
        Guest.end(own).expect(0);
        guest.shell("echo >" + DIR + "/other").expect(0);
        check(listening.end().out().endsWith("/other\n"), listening.out());

        listening = guest.listen("g", "--count", "1", "--no-exempt");
        own = new ProcessBuilder("bash", "-c", "echo >" + DIR + "/own").start();
        Guest.end(own).expect(0);
        check(listening.end().out().endsWith("/own\n"), listening.out());
    }

    private static void overflow(Guest guest) {
        group(guest, "priority=7", "mask=open", "queue_max=16");
        file("f", "x");
        file("last", "x");
        // A listener that is stopped between its reads.
        Process listener = guest.start("fangctl listen g -o jsonl >/tmp/fang-out 2>/tmp/fang-err");
        until("the listener", () -> Guest.value("g/listeners").equals("1"));
        ProcessHandle java = listener.descendants()
                .filter(p -> p.info().command().orElse("").contains("java"))
                .findFirst()
                .orElseThrow();
        guest.shell("kill -STOP " + java.pid()).expect(0);
        guest.shell("for i in {1..100}; do exec 3<" + DIR + "/f; done").expect(0);
        guest.shell("kill -CONT " + java.pid()).expect(0);
        until("the overflow record", () -> Guest.text(Path.of("/tmp/fang-out")).contains("overflow"));
        long lost = stat("g", "lost");
        check(lost >= 50, "lost " + lost);
        String err = Guest.text(Path.of("/tmp/fang-err"));
        check(err.contains("fangctl: g: " + lost + " events were lost, the queue was full"), err);
    }

    private static void state(Guest guest) {
        group(guest, "priority=7", "mask=open", "report=path,comm,exe,cgroup");
        file("x", "x");
        guest.shell("cat " + DIR + "/x").expect(0);
        Guest.Listening listening = guest.listen("g", "-o", "jsonl", "--count", "1");
        until("the missed event", () -> listening.out().contains("\n"));
        guest.fangctl("disable", "g").expect(0);
        until("the state", () -> listening.out().contains("\"state\":\"disabled\""));
        guest.fangctl("enable", "g").expect(0);
        until("the state", () -> listening.out().contains("\"state\":\"enabled\""));
        guest.shell("cat " + DIR + "/x").expect(0);
        Guest.Result end = listening.end().expect(0);
        check(end.err().contains("missed, nobody listened\n"), end.err());
        String last = end.out().lines().reduce((a, b) -> b).orElse("");
        check(last.contains("\"comm\":\"cat\"") && last.contains("\"exe\":\"/usr/bin/cat\""), last);
        check(last.contains("\"cgroup\":\"/"), last);
    }

    /** The sum of what the lines stand for. */
    private static long writes(String jsonl) {
        Matcher counts =
                Pattern.compile("\"kind\":\"write\".*\"count\":([0-9]+)").matcher(jsonl);
        long sum = 0;
        while (counts.find()) {
            sum += Long.parseLong(counts.group(1));
        }
        return sum;
    }

    private static void write(Guest guest, String name, int times) {
        guest.shell("for i in {1.." + times + "}; do echo >&3; done 3>>" + DIR + "/" + name)
                .expect(0);
    }

    private static void coalesced(Guest guest) {
        file("f", "x");
        group(guest, "priority=7", "mask=write", "write_events=coalesced");
        Guest.Listening listening = guest.listen("g", "-o", "jsonl");
        for (int i = 1; i <= 3; i++) {
            int told = 20 * i;
            write(guest, "f", 20);
            until("all writes to be told", () -> writes(listening.out()) == told);
        }
        until("the last record to be cleared", () -> value("g/outstanding").equals("0"));
        check(listening.out().contains("\"outstanding\":true"), listening.out());
        check(stat("g", "cleared") >= 3, "cleared " + stat("g", "cleared"));
        guest.fangctl("disable", "g").expect(0);
        guest.fangctl("delete", "g").expect(0);
        listening.end();
    }

    private static void clear(Guest guest) {
        file("f", "x");
        group(guest, "priority=7", "mask=write", "write_events=coalesced", "queue_max=16");
        Guest.Listening listening = guest.listen("g", "-o", "jsonl", "--no-clear");
        write(guest, "f", 1);
        until("the first write", () -> writes(listening.out()) == 1);
        write(guest, "f", 5);
        check(guest.fangctl("show", "g").out().replaceAll(" +", " ").contains("\n outstanding 1\n"), "not outstanding");
        equal(writes(listening.out()), 1L);
        String id = id(listening.out());
        guest.fangctl("respond", "g", id, "clear").expect(0, "g " + id + ": clear\n", "");
        until("the other writes as one record", () -> writes(listening.out()) == 6);
        equal(listening.out().lines().filter(line -> line.contains("\"write\"")).count(), 2L);
        Guest.Result again = guest.fangctl("respond", "g", id, "clear").expect(1);
        equal(again.err(), "g " + id + ": ENOENT: no such outstanding record (cleared, not read yet or gone)\n");
        String second = id(listening.out());
        String decisions = "1 clear\n{\"id\":\"" + second + "\",\"response\":\"clear\"}\n";
        guest.fangctlWith(decisions.getBytes(StandardCharsets.UTF_8), "respond", "g")
                .expect(1);
        equal(value("g/outstanding"), "0");
        for (int i = 0; i < 13; i++) {
            write(guest, "f" + i, 1);
        }
        until(
                "the doctor to see that nobody clears",
                () -> guest.fangctl("doctor").out().contains("g: 13 of at most 16 records of writes are outstanding"));
        guest.fangctl("disable", "g").expect(0);
        guest.fangctl("delete", "g").expect(0);
        listening.end();
    }

    /** Of the last outstanding record. */
    private static String id(String jsonl) {
        Matcher ids =
                Pattern.compile("\"id\":\"([0-9]+)\".*\"outstanding\":true").matcher(jsonl);
        String id = "";
        while (ids.find()) {
            id = ids.group(1);
        }
        return id;
    }

    private static void gone(Guest guest) {
        group(guest, "priority=7", "mask=open");
        Guest.Listening listening = guest.listen("g");
        guest.fangctl("disable", "g").expect(0);
        guest.fangctl("delete", "g").expect(0);
        Guest.Result end = listening.end().expect(0);
        // Whether the listener reads of the first before it is at the end is a matter of luck.
        check(end.out().matches("([0-9:.]{12} state disabled\n)?"), end.out());
        equal(end.err(), "listening on g, Ctrl-C ends\nfangctl: g is gone\n");
    }

    /** Opens the file in a process that waits; gives the request's id. */
    private static long ask(Guest guest, String name, List<Process> openers) {
        int before = pendingIds(guest).size();
        openers.add(guest.start("cat " + DIR + "/" + name));
        until("a request for " + name, () -> pendingIds(guest).size() == before + 1);
        return pendingIds(guest).get(before);
    }

    private static List<Long> pendingIds(Guest guest) {
        Matcher ids = Pattern.compile("\"id\": \"([0-9]+)\"")
                .matcher(guest.fangctl("pending", "g", "-o", "json").expect(0).out());
        return ids.results().map(id -> Long.valueOf(id.group(1))).toList();
    }

    private static void respondById(Guest guest) {
        file("f", "content");
        group(guest, "priority=7", "mask=open_access", "timeout=60s", "on_no_listener=wait");
        List<Process> openers = new java.util.ArrayList<>();
        long id = ask(guest, "f", openers);
        String pending = guest.fangctl("pending").expect(0).out();
        check(pending.matches("(?s)GROUP.*\ng +" + id + " +open_access +[0-9]+ +cat +[0-9a-z]+ +-\n"), pending);
        check(
                guest.fangctl("list").out().matches("(?s).* 0 +1 +-\n"),
                guest.fangctl("list").out());
        guest.fangctl("respond", "g", "" + id, "deny").expect(0, "g " + id + ": deny\n", "");
        check(Guest.end(openers.get(0)).expect(1).out().contains(EPERM), "not denied");
        guest.fangctl("respond", "g", "" + id, "deny")
                .expect(1, "", "g " + id + ": ENOENT: no such request (responded to, timed out or gone)\n");
        id = ask(guest, "f", openers);
        guest.fangctl("respond", "g", "" + id, "allow").expect(0, "g " + id + ": allow\n", "");
        Guest.end(openers.get(1)).expect(0, "content", "");
        guest.fangctl("pending", "g", "-o", "json").expect(0, "[]\n", "");
    }

    private static void respondStdin(Guest guest) {
        file("f", "content");
        group(guest, "priority=7", "mask=open_access", "timeout=60s", "on_no_listener=wait");
        List<Process> openers = new java.util.ArrayList<>();
        long first = ask(guest, "f", openers);
        long second = ask(guest, "f", openers);
        long third = ask(guest, "f", openers);
        String decisions = first + " deny\n999999999 allow\n{\"id\":\"" + second
                + "\",\"response\":\"allow\"}\n\nwhat\n" + third + " allow\n";
        guest.fangctlWith(decisions.getBytes(StandardCharsets.UTF_8), "respond", "g")
                .expect(
                        1,
                        "",
                        "g 999999999: ENOENT: no such request (responded to, timed out or gone)\n"
                                + "fangctl: line 5: not of the form ID RESPONSE [fastpath]\n");
        Guest.end(openers.get(0)).expect(1);
        Guest.end(openers.get(1)).expect(0, "content", "");
        Guest.end(openers.get(2)).expect(0, "content", "");
        equal(value("g/stats/allowed") + value("g/stats/denied"), "21");
    }

    private static void moreTime(Guest guest) {
        file("f", "content");
        group(guest, "priority=7", "mask=open_access", "timeout=60s", "max_extensions=1", "on_no_listener=wait");
        List<Process> openers = new java.util.ArrayList<>();
        String id = "" + ask(guest, "f", openers);
        guest.fangctl("respond", "g", id, "more_time").expect(0, "g " + id + ": more_time\n", "");
        equal(stat("g", "extended"), 1L);
        guest.fangctl("respond", "g", id, "more_time").expect(1, "", "g " + id + ": ERANGE: no more extensions\n");
        guest.fangctl("respond", "g", id, "allow").expect(0);
        Guest.end(openers.get(0)).expect(0);
    }
}
