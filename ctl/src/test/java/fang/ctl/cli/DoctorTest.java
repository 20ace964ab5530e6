// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import fang.ctl.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What doctor finds among processes. */
class DoctorTest {
    private static final int LISTENER = 4_200_001;
    private static final int SCANNER = 4_200_002;
    private static final String JAVA = "/usr/lib/jvm/j/bin/java";

    @TempDir
    Path proc;

    private final Tool tool = new Tool();

    @BeforeEach
    void group() throws IOException {
        tool.proc(proc);
        tool.run("create", "av", "priority=10", "mask=open_access", "on_no_listener=wait");
        tool.run("scope", "add", "av", "subtree=/usr");
        tool.run("scope", "add", "av", "subtree=/var");
        tool.run("enable", "av");
        tool.kernel.put("groups/av/listeners", "1");
        process(LISTENER, JAVA, "java\0-jar\0fang.ctl.Main\0serve\0av\0");
        Files.createSymbolicLink(proc.resolve(LISTENER + "/fd/3"), Path.of("/dev/fang/av"));
        process(SCANNER, "/usr/sbin/clamd", "clamd\0");
    }

    private void process(int pid, String exe, String line) throws IOException {
        Path process = proc.resolve(Integer.toString(pid));
        Files.createDirectories(process.resolve("fd"));
        Files.createSymbolicLink(process.resolve("exe"), Path.of(exe));
        Files.writeString(process.resolve("cmdline"), line);
    }

    private String findings() {
        return tool.run("doctor").out();
    }

    @Test
    void aListenerThatCouldNotStartAgainIsTold() {
        assertThat(findings())
                .contains("av: covers its listener's program, " + JAVA + " (pid " + LISTENER
                        + "): while nobody listens, its start waits for itself or is refused. Try: fangctl exemption add av"
                        + " subtree=/usr; or fangctl set av on_no_listener=allow\n");
        tool.run("set", "av", "on_no_listener=deny");
        assertThat(findings()).contains("its listener's program");
        tool.run("set", "av", "on_no_listener=allow");
        assertThat(findings()).doesNotContain("its listener's program");
        tool.run("set", "av", "on_no_listener=wait");
        tool.run("exemption", "add", "av", "subtree=/usr");
        assertThat(findings()).doesNotContain("its listener's program");
    }

    @Test
    void aGroupThatOnlyHearsHoldsUpNobody() {
        tool.run("set", "av", "mask=open");
        assertThat(findings()).doesNotContain("its listener's program").doesNotContain("clamd");
    }

    @Test
    void aScannerThatWouldWaitForItselfIsTold() {
        String clamd =
                "av: covers what clamd opens: if serve asks it, clamd waits for itself. Try: fangctl exemption add av"
                        + " exe=/usr/sbin/clamd\n";
        assertThat(findings()).contains(clamd);
        tool.run("exemption", "add", "av", "exe=/usr/sbin/clamd");
        assertThat(findings()).doesNotContain("clamd");
    }

    @Test
    void clamdAloneIsNoFinding() throws IOException {
        Files.writeString(proc.resolve(LISTENER + "/cmdline"), "java\0fang.ctl.Main\0listen\0av\0");
        assertThat(findings()).doesNotContain("clamd").contains("its listener's program");
        Files.writeString(proc.resolve(LISTENER + "/cmdline"), "java\0fang.ctl.Main\0serve\0av\0");
        Files.delete(proc.resolve(SCANNER + "/exe"));
        assertThat(findings()).doesNotContain("clamd");
    }
}
