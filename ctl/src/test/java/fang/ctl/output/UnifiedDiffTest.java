// SPDX-License-Identifier: Apache-2.0
package fang.ctl.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnifiedDiffTest {
    @TempDir
    Path directory;

    @Test
    void theSameIsNothing() {
        assertThat(UnifiedDiff.of("a", "b", List.of("x"), List.of("x"))).isEmpty();
        assertThat(UnifiedDiff.of("a", "b", List.of(), List.of())).isEmpty();
    }

    @Test
    void farChangesHaveHunksOfTheirOwn() {
        List<String> before = IntStream.range(0, 20).mapToObj(Integer::toString).toList();
        List<String> after = new ArrayList<>(before);
        after.set(1, "one");
        after.remove(18);
        assertThat(UnifiedDiff.of("a", "b", before, after)).isEqualTo("""
                        --- a
                        +++ b
                        @@ -1,5 +1,5 @@
                         0
                        -1
                        +one
                         2
                         3
                         4
                        @@ -16,5 +16,4 @@
                         15
                         16
                         17
                        -18
                         19
                        """);
    }

    /** patch(1) is the judge. */
    @Test
    void patchTakesIt() throws IOException, InterruptedException {
        if (!Files.exists(Path.of("/usr/bin/patch"))) {
            return;
        }
        Random random = new Random(7);
        for (int i = 0; i < 30; i++) {
            List<String> before = random.ints(random.nextInt(30), 0, 9)
                    .mapToObj(Integer::toString)
                    .toList();
            List<String> after = random.ints(random.nextInt(30), 0, 9)
                    .mapToObj(Integer::toString)
                    .toList();
            Path file = Files.write(directory.resolve("f"), before);
            String diff = UnifiedDiff.of("f", "f", before, after);
            Process patch = new ProcessBuilder("patch", "-s", "-F0", file.toString())
                    .redirectErrorStream(true)
                    .start();
            patch.getOutputStream().write(diff.getBytes(StandardCharsets.UTF_8));
            patch.getOutputStream().close();
            String said = new String(patch.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(patch.waitFor()).as(said + diff).isZero();
            assertThat(Files.exists(file) ? Files.readAllLines(file) : List.of())
                    .as(diff)
                    .isEqualTo(after);
        }
    }

    @Test
    void muchIsToldAsAWhole() {
        List<String> before =
                IntStream.range(0, 3000).mapToObj(Integer::toString).toList();
        List<String> after = IntStream.range(0, 3000).mapToObj(n -> "x" + n).toList();
        assertThat(UnifiedDiff.of("a", "b", before, after).lines()).hasSize(6003);
    }
}
