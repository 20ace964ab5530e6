// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import fang.ctl.output.TextWidth;
import fang.ctl.testing.Tool;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a person at a terminal sees, and a pipe does not. */
class TerminalTest {
    private static final String GROUP = "antivirus-of-the-file-server";

    private static final List<String> COMMANDS = List.of(
            "list",
            "status",
            "pending",
            "denials",
            "show " + GROUP,
            "stats " + GROUP,
            "rule list " + GROUP,
            "scope list " + GROUP,
            "exemption list " + GROUP);

    private static final String OTHER = "version: 1\ngroups:\n  " + GROUP + ": {priority: 11, mask: open}\n";

    private final Tool tool = new Tool();

    @BeforeEach
    void groups() {
        tool.run("create", GROUP, "priority=10", "mask=open,open_access,close_write,read_access");
        tool.run("scope", "add", GROUP, "subtree=/srv/share/中文中文中文/of/everybody", "file=/etc/\u001b[31mshadow");
        tool.run("exemption", "add", GROUP, "exe=/usr/lib/x86_64-linux-gnu/clamav/libexec/clamd-the-daemon");
        tool.run("rule", "add", GROUP, "subtree=/srv/share/quarantine/of/the/last/days", "respond=deny");
        tool.run("enable", GROUP);
        tool.kernel.put("groups/" + GROUP + "/label", "/etc/fang/profiles.d/the-\u0007-antivirus.yaml");
        tool.kernel.put("groups/" + GROUP + "/pending", "17 open_access 4200000 40 -");
        tool.kernel.put(
                "groups/" + GROUP + "/denials",
                "2000000000 open_access 4200000 1000 rule quarantine /srv/share/\\344\\270\\255\\033/of/everybody/bad.exe");
    }

    private String out(int columns, boolean coloured, String command) {
        String out = tool.terminal(columns, coloured).run(command.split(" ")).out();
        return out.replaceAll("\\d\\d:\\d\\d:\\d\\d\\.\\d{3}", "12:34:56.789");
    }

    @Test
    void noLineOfATableIsLongerThanTheTerminal() {
        for (String command : COMMANDS) {
            String whole = out(0, false, command);
            assertThat(whole).as(command).doesNotContain(TextWidth.ELLIPSIS).isNotEmpty();
            assertThat(out(Integer.MAX_VALUE, false, command)).isEqualTo(whole);
            for (int columns : new int[] {20, 40, 80, 200}) {
                assertThat(out(columns, false, command).lines().toList())
                        .as(command + " at " + columns)
                        .hasSameSizeAs(whole.lines().toList())
                        .allMatch(line -> TextWidth.of(line) <= columns)
                        .noneMatch(line -> line.chars().anyMatch(c -> c < ' '));
            }
        }
    }

    @Test
    void whatIsLeftOfAPathIsItsEnd() {
        assertThat(out(130, false, "denials")).endsWith("/everybody/bad.exe\n").contains("uid=1000 …");
        assertThat(out(80, false, "list")).endsWith(".yaml\n");
    }

    @Test
    void jsonIsNeverShortenedOrPainted() {
        for (String command : List.of("list -o json", "status -o json")) {
            assertThat(out(20, true, command)).isEqualTo(out(0, false, command));
        }
    }

    @Test
    void helpFitsToo() {
        for (String command : List.of("--help", "apply --help", "help listen")) {
            assertThat(out(60, false, command).lines().filter(line -> !line.startsWith("  fangctl ")))
                    .as(command)
                    .allMatch(line -> line.length() <= 60);
            assertThat(out(300, false, command)).isEqualTo(out(0, false, command));
        }
    }

    @Test
    void whatIsUnprotectedIsRed() {
        assertThat(out(80, true, "status")).contains("\u001b[1;31mNO: no listener\u001b[m\n");
        assertThat(out(80, false, "status")).doesNotContain("\u001b");
        assertThat(out(0, true, "status")).doesNotContain("\u001b");
    }

    @Test
    void aDifferenceIsPaintedAsOthersDo() {
        tool.stdin(OTHER);
        String diff = out(80, true, "diff -f -");
        assertThat(diff)
                .contains(
                        "\u001b[1m--- kernel/",
                        "\u001b[31m-    priority: 10\u001b[m\n",
                        "\u001b[32m+    priority: 11\u001b[m\n");
        tool.stdin(OTHER);
        assertThat(diff.replaceAll("\u001b\\[[0-9]*m", "")).isEqualTo(out(0, true, "diff -f -"));
    }
}
