// SPDX-License-Identifier: Apache-2.0
package fang.ctl.guest;

import static fang.ctl.guest.Guest.DIR;
import static fang.ctl.guest.Guest.check;
import static fang.ctl.guest.Guest.file;
import static fang.ctl.guest.Guest.stat;
import static fang.ctl.guest.Guest.until;
import static fang.ctl.guest.Guest.value;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** What doctor and status see coming, or come too late for. */
final class DoctorCases {
    private DoctorCases() {}

    static void add(Map<String, KtapMain.Case> cases) {
        cases.put("doctor tells a queue that is near its limit", DoctorCases::queue);
        cases.put("doctor tells requests near their limit, status those beyond it", DoctorCases::requests);
        cases.put("doctor tells a listener that could not start again", DoctorCases::listener);
    }

    private static void group(Guest guest, String... settings) {
        String[] create = new String[settings.length + 3];
        System.arraycopy(settings, 0, create, 3, settings.length);
        create[0] = "create";
        create[1] = "g";
        create[2] = "priority=7";
        guest.fangctl(create).expect(0);
        guest.fangctl("scope", "add", "g", "subtree=" + DIR).expect(0);
        guest.fangctl("enable", "g").expect(0);
    }

    /** A listener that never reads, started from a program. */
    private static Process deaf(Guest guest, String program) {
        Process listener = guest.start("exec " + program + " infinity <>/dev/fang/g");
        until("the listener", () -> value("g/listeners").equals("1"));
        return listener;
    }

    /** Looks at all that there is, which takes some seconds here: asked no oftener than it must be. */
    private static void doctor(Guest guest, boolean tells, String... parts) {
        String told = guest.fangctl("doctor").out();
        for (String part : parts) {
            check(told.contains(part) == tells, (tells ? "lacks: " : "has: ") + part + " in: " + told);
        }
    }

    private static void queue(Guest guest) {
        file("f", "content");
        group(guest, "mask=open", "queue_max=16");
        deaf(guest, "sleep");
        String opens = "for i in $(seq %d); do : <" + DIR + "/f; done";
        guest.shell(opens.formatted(11)).expect(0);
        doctor(guest, false, "notifications are queued");
        guest.shell(opens.formatted(1)).expect(0);
        doctor(guest, true, "g: 12 of at most 16 notifications are queued", "fangctl set g queue_max=32\n");
    }

    private static void requests(Guest guest) {
        file("f", "content");
        group(guest, "mask=open_access", "access_max=4", "timeout=5m", "max_extensions=0");
        deaf(guest, "sleep");
        wait(guest, 2);
        doctor(guest, false, "access requests wait");
        wait(guest, 3);
        doctor(guest, true, "access requests wait");
        check(!guest.fangctl("status").out().contains("NO: access full"), "too early");
        wait(guest, 4);
        check(guest.fangctl("status").expect(1).out().contains("NO: access full"), "status does not tell");
        guest.fangctl("set", "g", "on_overflow=deny").expect(0);
        check(!guest.fangctl("status").out().contains("NO: access full"), "nobody passes any more");
    }

    /** From now on so many wait in all. */
    private static void wait(Guest guest, long requests) {
        while (stat("g", "asked") < requests) {
            long next = stat("g", "asked") + 1;
            guest.start("exec cat " + DIR + "/f");
            until("request " + next, () -> stat("g", "asked") == next);
        }
    }

    private static void listener(Guest guest) throws IOException {
        Path program = DIR.resolve("listener");
        Files.copy(Path.of("/bin/sleep"), program);
        check(program.toFile().setExecutable(true), "chmod");
        group(guest, "mask=open_access", "on_no_listener=deny");
        guest.shell(program + " 1").expect(126);
        guest.fangctl("set", "g", "on_no_listener=allow").expect(0);
        deaf(guest, program.toString());
        doctor(guest, false, "its listener's program");
        guest.fangctl("set", "g", "on_no_listener=deny").expect(0);
        String remedy = "fangctl exemption add g subtree=" + DIR;
        doctor(guest, true, "g: covers its listener's program, " + program + " (pid ", remedy);
        guest.fangctl(remedy.substring("fangctl ".length()).split(" ")).expect(0);
        doctor(guest, false, "its listener's program");
        guest.shell(program + " 0").expect(0);
    }
}
