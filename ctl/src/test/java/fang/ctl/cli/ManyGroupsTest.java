// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import fang.ctl.model.Errno;
import fang.ctl.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A thousand groups: work in proportion to their number, and somebody who waits sees how far it is. */
class ManyGroupsTest {
    private static final int MANY = 1000;

    @TempDir
    Path dir;

    private Path profile(int groups, String timeout) throws IOException {
        var text = new StringBuilder("version: 1\ngroups:\n");
        for (int i = 1; i <= groups; i++) {
            text.append("  g")
                    .append(i)
                    .append(": {priority: ")
                    .append(i)
                    .append(", mask: [open_access, close_write], max_extensions: 0, timeout: ")
                    .append(timeout)
                    .append(", scopes: [{subtree: /srv}, {subtree: /home}], exemptions: [{uid: 1}], rules: [{uid: 2,")
                    .append(" respond: allow}, {subtree: /srv/q, respond: deny}]}\n");
        }
        return Files.writeString(dir.resolve("p.yaml"), text);
    }

    /** How often the kernel was asked or told anything. */
    private static long operations(Tool tool, String summary, String... command) {
        long before = tool.kernel.operations();
        Tool.Result result = tool.run(command);
        assertThat(result.err()).isEmpty();
        assertThat(result.out().lines().reduce((a, b) -> b)).hasValue(summary);
        return tool.kernel.operations() - before;
    }

    private long[] operations(int groups) throws IOException {
        Tool tool = new Tool();
        String file = profile(groups, "5s").toString();
        long[] counts = new long[6];
        String none = "0 created, 0 updated, 0 removed, ";
        counts[0] = operations(
                tool,
                groups + " created, 0 updated, 0 removed, 0 unchanged (dry run, nothing was changed)",
                "apply",
                "-f",
                file,
                "--dry-run");
        counts[1] = operations(tool, groups + " created, 0 updated, 0 removed, 0 unchanged", "apply", "-f", file);
        counts[2] = operations(tool, none + groups + " unchanged", "apply", "-f", file);
        profile(groups, "6s");
        counts[3] = operations(tool, "0 created, " + groups + " updated, 0 removed, 0 unchanged", "apply", "-f", file);
        counts[4] = operations(tool, none + groups + " unchanged", "apply", "-f", file, "--prune");
        profile(0, "");
        Files.writeString(dir.resolve("p.yaml"), "version: 1\ngroups: {}\n");
        counts[5] = operations(
                tool,
                "0 created, 0 updated, " + groups + " removed, 0 unchanged",
                "apply",
                "-f",
                file,
                "--prune",
                "--allow-empty");
        return counts;
    }

    @Test
    void workGrowsWithTheNumberOfGroupsAndNoFaster() throws IOException {
        long[] few = operations(MANY / 4);
        long[] many = operations(MANY);
        for (int i = 0; i < few.length; i++) {
            assertThat(many[i]).as("step " + i).isLessThanOrEqualTo(4 * few[i]);
            assertThat(many[i]).as("step " + i).isGreaterThan(i == 0 ? 0 : 3 * few[i]);
        }
    }

    @Test
    void whatFailsAtTheLastIsPutBackAltogether() throws IOException {
        Tool tool = new Tool();
        String file = profile(MANY, "5s").toString();
        tool.kernel.refuse(Errno.ENOSPC, (n, path) -> path.equals("groups/g1000"));
        Tool.Result result = tool.run("apply", "-f", file);
        assertThat(result.exit()).isEqualTo(6);
        assertThat(result.err())
                .isEqualTo(file + ":1002:3: groups.g1000: ENOSPC: the module takes no more groups."
                        + " Try: fangctl list, and delete some\nrolled back, all is as it was\n");
        assertThat(tool.kernel.list("groups")).isEmpty();
    }

    @Test
    void aTerminalIsToldHowFarItIsAndTheLineIsGoneInTheEnd() throws IOException {
        String file = profile(20, "5s").toString();
        Tool tool = new Tool().terminal(80, false).clock(200_000_000);
        Tool.Result result = tool.run("apply", "-f", file);
        assertThat(result.out()).endsWith("20 created, 0 updated, 0 removed, 0 unchanged\n");
        assertThat(result.err())
                .contains("\rapplying groups: 5 of 20", "\renabling groups: 19 of 20")
                .doesNotContain("\n")
                .endsWith(" \r");
        assertThat(tool.run("apply", "-f", file).err()).contains("\rreading groups: 19 of 20");
        assertThat(tool.terminal(14, false).run("diff", "-f", file).err()).contains("\rreading grou…\r");
    }

    @Test
    void whoWaitsForItToBePutBackIsToldToo() throws IOException {
        String file = profile(20, "5s").toString();
        Tool tool = new Tool().terminal(80, false).clock(200_000_000);
        tool.kernel.refuse(Errno.ENOMEM, (n, path) -> path.equals("groups/g20/enabled"));
        String err = tool.run("apply", "-f", file).err();
        assertThat(err).contains("\rputting back, steps: 0 of ").endsWith("rolled back, all is as it was\n");
        assertThat(err.substring(err.lastIndexOf('\r') + 1)).startsWith(file + ":");
    }

    @Test
    void whatIsQuickOrPipedTellsNothing() throws IOException {
        String file = profile(20, "5s").toString();
        assertThat(new Tool()
                        .terminal(80, false)
                        .clock(1000)
                        .run("apply", "-f", file)
                        .err())
                .isEmpty();
        assertThat(new Tool()
                        .terminal(0, false)
                        .clock(200_000_000)
                        .run("apply", "-f", file)
                        .err())
                .isEmpty();
    }
}
