// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import fang.ctl.testing.Tool;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PauseTest {
    private final Tool tool = new Tool();

    @BeforeEach
    void group() {
        tool.run("create", "g", "priority=1", "mask=open", "enabled=true");
    }

    private Path file() {
        return tool.run().resolve("pause/g");
    }

    @Test
    void aPausedGroupHasASleeperWithThePausesToken() throws IOException {
        Tool.Result result = tool.run("disable", "g", "--for", "90s");

        assertThat(result.out()).matches("g: disabled until [-0-9]{10} [:0-9]{8} \\(90s\\)\\..*\n");
        assertThat(tool.kernel.readText("groups/g/enabled")).isEqualTo("0");
        List<String> command = tool.detached.get(0);
        assertThat(command.subList(4, 6)).containsExactly("90", file().toString());
        assertThat(Files.readString(file())).isEqualTo(command.get(6) + "\n");

        assertThat(tool.run("disable", "g", "--for", "1500ms").out()).startsWith("g: already disabled until ");
        assertThat(tool.detached.get(1).get(4)).isEqualTo("1.500");
        assertThat(Files.readString(file())).isNotEqualTo(command.get(6) + "\n");
    }

    @Test
    void whoeverSettlesItOtherwiseEndsThePause() {
        for (String[] command : new String[][] {{"enable", "g"}, {"disable", "g"}, {"set", "g", "enabled=false"}}) {
            tool.run("enable", "g");
            tool.run("disable", "g", "--for", "24h");
            assertThat(file()).exists();
            tool.run(command);
            assertThat(file()).doesNotExist();
        }
    }

    @Test
    void whatWasDisabledForGoodStaysSo() {
        tool.run("disable", "g");
        assertThat(tool.run("disable", "g", "--for", "1h").out()).isEqualTo("g: already disabled\n");
        assertThat(tool.detached).isEmpty();
        assertThat(tool.run("disable", "g", "--for", "25h").exit()).isEqualTo(2);
        assertThat(tool.run("disable", "g", "--for", "30").exit()).isEqualTo(2);
    }

    @Test
    void aGroupIsDisabledThoughNothingCanBeNoted() throws IOException {
        Files.createFile(tool.run().resolve("withheld"));
        Tool.Result result = tool.run("disable", "g");
        assertThat(tool.kernel.readText("groups/g/enabled")).isEqualTo("0");
        assertThat(result.exit()).isEqualTo(ExitCode.OTHER);
        assertThat(result.err()).contains("withheld");
    }

    @Test
    void aPausedGroupIsNotEnabledWithAllOthersAndItsPauseEndsWhenAllAreDisabled() {
        tool.run("enable", "g");
        tool.kernel.put("groups/g/label", "av.yaml");
        tool.run("disable", "g", "--for", "1h");
        assertThat(tool.run("enable", "--managed").out()).isEqualTo("g: stays disabled, until its time is over\n");
        assertThat(tool.kernel.readText("groups/g/enabled")).isEqualTo("0");

        assertThat(tool.run("disable", "--managed").out()).isEqualTo("g: already disabled\n");
        assertThat(file()).doesNotExist();
        assertThat(tool.run("enable", "--managed").out()).startsWith("g: enabled");
    }

    @Test
    void twoAtOnceAreNotLetIn() throws IOException {
        try (var channel = FileChannel.open(
                        tool.run().resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var lock = channel.lock()) {
            assertThat(lock.isValid()).isTrue();
            Tool.Result result = tool.run("set", "g", "timeout=1s", "--wait", "1");
            assertThat(result.exit()).isEqualTo(8);
            assertThat(result.err()).startsWith("fangctl: another fangctl is changing groups. Try: --wait 10");
        }
        assertThat(tool.run("set", "g", "timeout=1s").exit()).isZero();
    }
}
