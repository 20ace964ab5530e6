// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Short names of processes, read from /proc when asked for: the process may be gone, or its number another's. */
final class Comm {
    /** The kernel's TASK_COMM_LEN is 16; a kernel thread's may be longer. */
    private static final int BYTES_MAX = 64;

    private final Map<Integer, String> known = new HashMap<>();

    /** Most events come after one of the same process. */
    private int lastPid;

    private String lastName = "";

    /** Empty if there is no such process. */
    String of(int pid) {
        if (pid <= 0) {
            return "";
        }
        if (pid != lastPid) {
            lastName = known.computeIfAbsent(pid, Comm::read);
            lastPid = pid;
        }
        return lastName;
    }

    /** Numbers are used again: what is known holds for one batch of events. */
    void forget() {
        known.clear();
        lastPid = 0;
    }

    private static String read(int pid) {
        try (var file = new FileInputStream("/proc/" + pid + "/comm")) {
            byte[] bytes = file.readNBytes(BYTES_MAX);
            int length = bytes.length > 0 && bytes[bytes.length - 1] == '\n' ? bytes.length - 1 : bytes.length;
            return new String(bytes, 0, length, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
