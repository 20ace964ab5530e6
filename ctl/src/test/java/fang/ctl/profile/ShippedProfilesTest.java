// SPDX-License-Identifier: Apache-2.0
package fang.ctl.profile;

import static org.assertj.core.api.Assertions.assertThat;

import fang.ctl.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The profiles that admins start from. */
class ShippedProfilesTest {
    private static final Path PROFILES = Path.of("../profiles");

    @Test
    void eachIsWhatItsNameSays() {
        assertCreates("antivirus", "created antivirus (enabled; open_access; subtree /srv/share)");
        assertCreates("hsm", "created hsm (enabled; open_access; subtree /srv/archive)");
        assertCreates("indexer", "created indexer (enabled; close_write; subtree /home)");
        assertCreates(
                "integrity",
                "created integrity (enabled; write close_write; subtree /etc, subtree /usr/bin,"
                        + " subtree /usr/sbin, subtree /usr/lib)");
    }

    private static void assertCreates(String name, String line) {
        Tool.Result result =
                new Tool().run("apply", "-f", PROFILES.resolve(name + ".yaml").toString());
        // To fetch a file takes as long as it takes.
        assertThat(result.err())
                .isEqualTo(
                        name.equals("hsm")
                                ? "fangctl: warning: hsm: one access may be held up for 10m"
                                        + " (timeout 30s, max_extensions 19)\n"
                                : "");
        assertThat(result.out()).isEqualTo(line + "\n1 created, 0 updated, 0 removed, 0 unchanged\n");
        assertThat(result.exit()).isZero();
    }

    @Test
    void allTogetherAreOneProfile() throws IOException {
        try (var files = Files.list(PROFILES)) {
            List<String> names = files.map(f -> f.getFileName().toString())
                    .filter(f -> f.endsWith(".yaml"))
                    .sorted()
                    .toList();
            assertThat(names).containsExactly("antivirus.yaml", "hsm.yaml", "indexer.yaml", "integrity.yaml");
        }
        Tool tool = new Tool();
        assertThat(tool.run("apply", "-f", PROFILES.toString()).out()).contains("4 created");
        assertThat(tool.run("apply", "-f", PROFILES.toString()).out())
                .isEqualTo("0 created, 0 updated, 0 removed, 4 unchanged\n");
        assertThat(tool.run("diff", "-f", PROFILES.toString())).isEqualTo(new Tool.Result(0, "", ""));
    }
}
