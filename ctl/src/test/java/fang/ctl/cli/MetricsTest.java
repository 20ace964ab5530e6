// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import fang.ctl.configfs.CounterReader;
import fang.ctl.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the transcript of metrics cannot show. */
class MetricsTest {
    private static final String GROUP = "groups/av";

    @TempDir
    private Path directory;

    private final Tool tool = new Tool();

    @Test
    void everyCounterIsTold() {
        tool.run("create", "av");
        List<String> wanted = new ArrayList<>(CounterReader.names());
        for (int i = 0; i < wanted.size(); i++) {
            tool.kernel.put(GROUP + "/stats/" + wanted.get(i), Integer.toString(1000 + i));
        }
        String text = tool.run("metrics").out();
        for (int i = 0; i < wanted.size(); i++) {
            String name = wanted.get(i);
            int value = 1000 + i;
            assertThat(text)
                    .contains(
                            switch (name) {
                                case "max_wait_ms" -> "fang_max_wait_seconds{group=\"av\"} " + value / 1000.0 + "\n";
                                case "waited_us" -> "fang_wait_seconds_sum{group=\"av\"} 0.00" + value + "\n";
                                default -> "fang_" + name + "_total{group=\"av\"} " + value + "\n";
                            });
        }
    }

    @Test
    void withoutRootTheOldestWaitIsLeftOutAndAllElseIsThere() {
        tool.run("create", "av");
        assertThat(tool.run("metrics").out()).contains("fang_oldest_wait_seconds{");
        tool.kernel.forbid(GROUP + "/pending");
        assertThat(tool.run("metrics").exit()).isZero();
        assertThat(tool.run("metrics").out())
                .doesNotContain("fang_oldest_wait")
                .contains("fang_pending{group=\"av\"} 0\n")
                .contains("fang_wait_seconds_count{group=\"av\"} 0\n");
    }

    @Test
    void aFileIsReplacedAsAWholeAndReadableForOthers() throws IOException {
        Path file = directory.resolve("fang.prom");
        Files.writeString(file, "old");
        Path old = directory.resolve("another-name");
        Files.createLink(old, file);
        assertThat(tool.run("metrics", "--to", file.toString())).isEqualTo(new Tool.Result(0, "", ""));
        assertThat(file).content().startsWith("# HELP fang_up ").endsWith("\n");
        assertThat(old).hasContent("old");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .startsWith("rw-r--");
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactlyInAnyOrder(file, old);
        }
    }

    @Test
    void whatCannotBeWrittenLeavesNothingBehind() throws IOException {
        Path file = directory.resolve("is-a-directory");
        Files.createDirectories(file.resolve("not-empty"));
        Tool.Result result = tool.run("metrics", "--to", file.toString());
        assertThat(result.exit()).isEqualTo(ExitCode.OTHER);
        assertThat(result.err()).contains(file.toString());
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }
}
