// SPDX-License-Identifier: Apache-2.0
package fang.ctl.serve;

import static org.assertj.core.api.Assertions.assertThat;

import fang.ctl.model.GroupSpec;
import fang.ctl.profile.ProfileReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class RehearsalTest {
    private static Counters rehearse(String rest) {
        String text = "version: 1\ngroups:\n  av:\n    priority: 1\n    mask: open_access\n"
                + "    scopes: {subtree: /nonexistent}\n" + rest;
        var reader = new ProfileReader(name -> OptionalLong.empty());
        reader.add("p.yaml", "/p.yaml", text.getBytes(StandardCharsets.UTF_8));
        GroupSpec group = reader.finish().groups().get(0);
        return Rehearsal.run(Rules.of(group));
    }

    private static int socketsAndEvents() {
        int count = 0;
        for (File descriptor : new File("/proc/self/fd").listFiles()) {
            try {
                String target = Files.readSymbolicLink(descriptor.toPath()).toString();
                count += target.startsWith("socket:") || target.contains("eventfd") ? 1 : 0;
            } catch (IOException e) {
                // Closed meanwhile.
            }
        }
        return count;
    }

    /** Or it would be done for the first time when somebody waits for it. */
    @Test
    void allThatMayHappenHappensOnce() {
        Counters done = rehearse("    scanner: {clamd: /x}\n");
        assertThat(done.scanned.sum()).as("scans").isGreaterThan(200);
        assertThat(done.allowed.sum()).as("allowed").isGreaterThan(200);
        assertThat(done.denied.sum()).as("denied").isPositive();
        assertThat(done.failed.sum()).as("failed").isPositive();
        assertThat(done.joined.sum()).as("joined").isPositive();
        assertThat(done.notifications.sum()).as("notifications").isPositive();
    }

    @Test
    void nothingStaysOpen() {
        int before = socketsAndEvents();
        rehearse("    scanner: {clamd: /x}\n");
        // The scanner's other ends are closed by threads of their own.
        FakeLink.until(() -> socketsAndEvents() <= before);
    }

    @Test
    void rulesAloneNeedNoScanner() {
        Counters done = rehearse("    rules: {path: \"/rehearsal/**\", respond: deny}\n");
        assertThat(done.denied.sum()).isGreaterThan(200);
        assertThat(done.scanned.sum()).isZero();
    }
}
