// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import fang.ctl.abi.Abi;
import fang.ctl.testing.Records;
import fang.ctl.testing.Tool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListenCommandTest {
    @TempDir
    Path dir;

    private final Tool tool = new Tool();

    @BeforeEach
    void group() {
        tool.run("create", "g", "priority=1", "mask=open_access,close_write", "enabled=true");
    }

    private Records records() {
        return new Records();
    }

    private String text(String file) throws IOException {
        return Files.readString(dir.resolve(file), StandardCharsets.ISO_8859_1);
    }

    @Test
    void theCommandGetsThePathAsItIsAndNoShell() throws IOException {
        tool.posix.reads(records()
                .add(Abi.FANG_CLOSE_WRITE, 7, "/srv/a b;$(x) 'q'\n")
                .add(Abi.FANG_CLOSE_WRITE, 8, 1, 0, new byte[] {'/', 's', (byte) 0xff, ' ', 'x'})
                .bytes());
        Tool.Result result = tool.run(
                "listen",
                "g",
                "--jobs",
                "1",
                "--",
                "sh",
                "-c",
                "printf '%s|%s|%s\\n' \"$1\" $FANG_GROUP $FANG_KIND >>" + dir + "/out",
                "sh",
                "{}");

        assertThat(result.exit()).isZero();
        assertThat(result.out()).isEmpty();
        assertThat(text("out")).isEqualTo("/srv/a b;$(x) 'q'\n|g|close_write\n/s\u00ff x|g|close_write\n");
    }

    @Test
    void noMoreRunAtATimeThanWereAllowed() throws IOException {
        Records records = records();
        for (int i = 0; i < 12; i++) {
            records.add(Abi.FANG_CLOSE_WRITE, 10 + i, "/srv/" + i);
        }
        tool.posix.reads(records.bytes());
        String command =
                "mkdir " + dir + "/$$; ls " + dir + " | wc -l >>" + dir + ".count; sleep 0.05; rmdir " + dir + "/$$";
        assertThat(tool.run("listen", "g", "--jobs", "3", "--", "sh", "-c", command)
                        .exit())
                .isZero();

        List<Integer> counts = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(dir + ".count"))) {
            counts.add(Integer.parseInt(line.trim()));
        }
        Files.delete(Path.of(dir + ".count"));
        assertThat(counts).hasSize(12).allMatch(count -> count <= 3);
    }

    @Test
    void theExitCodeResponds() {
        tool.posix.reads(records()
                .add(Abi.FANG_OPEN_ACCESS, 21, "/srv/good")
                .add(Abi.FANG_OPEN_ACCESS, 22, "/srv/evil")
                .add(Abi.FANG_OPEN_ACCESS, 23, "/srv/odd")
                .bytes());
        Tool.Result result = tool.run(
                "listen",
                "g",
                "--respond",
                "exit",
                "--fastpath",
                "--",
                "sh",
                "-c",
                "case $1 in *good) exit 0 ;; *evil) exit 1 ;; *) exit 7 ;; esac",
                "sh",
                "{}");

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).contains("fangctl: g: /srv/odd: sh exited 7\n").doesNotContain("evil");
        List<String> responses = new ArrayList<>();
        for (byte[] bytes : tool.posix.written()) {
            if (bytes.length > 0) {
                ByteBuffer one = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
                responses.add(one.getLong(0) + " " + one.getInt(8) + " " + one.getInt(12));
            }
        }
        assertThat(responses)
                .containsExactlyInAnyOrder(
                        "21 " + Abi.FANG_ALLOW + " " + Abi.FANG_FASTPATH, "22 " + Abi.FANG_DENY + " 0");
    }

    @Test
    void aCommandThatDoesNotStartIsToldOf() {
        tool.posix.reads(records().add(Abi.FANG_CLOSE_WRITE, 7, "/srv/x").bytes());
        Tool.Result result = tool.run("listen", "g", "--", "/nonexistent", "{}");
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).contains("fangctl: g: /srv/x: /nonexistent did not start: ");
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertThat(tool.run("listen", "g", "--respond", "exit").exit()).isEqualTo(2);
        assertThat(tool.run("listen", "g", "--").exit()).isEqualTo(2);
        assertThat(tool.run("listen", "g", "--jobs", "0", "--", "true").exit()).isEqualTo(2);
        assertThat(tool.run("listen", "g", "true").exit()).isEqualTo(2);
    }
}
