// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import fang.ctl.model.Errno;
import fang.ctl.testing.Tool;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TryTest {
    private final Tool tool = new Tool();
    private String profile;
    private Map<String, String> before;

    @BeforeEach
    void twoGroups(@TempDir Path dir) throws IOException {
        tool.run("create", "old", "priority=1", "mask=open_access", "timeout=3s");
        tool.run("scope", "add", "old", "subtree=/srv", "file=/etc/shadow");
        tool.run("exemption", "add", "old", "exe=/usr/bin/rsync");
        tool.run("rule", "add", "old", "subtree=/srv/bad", "respond=deny");
        tool.run("enable", "old");
        before = tool.kernel.state();
        Path file = dir.resolve("p.yaml");
        Files.writeString(file, """
                version: 1
                groups:
                  old: {priority: 1, mask: [open_access], timeout: 9s, scopes: [{subtree: /home}]}
                  new: {priority: 2, mask: [close_write], scopes: [{subtree: /srv}], rules: [{uid: 0, respond: allow}]}
                """);
        profile = file.toString();
    }

    @Test
    void enterKeepsIt() {
        tool.stdin("\n");
        Tool.Result result = tool.run("try", "-f", profile, "--confirm-within", "1h");

        assertThat(result.exit()).isZero();
        assertThat(result.out())
                .contains("updated old (")
                .contains("created new (")
                .endsWith("kept\n");
        assertThat(result.err()).contains("applied. Press Enter within 1h to keep it");
        assertThat(tool.kernel.readText("groups/old/timeout_ms")).isEqualTo("9000");
        assertThat(tool.kernel.exists("groups/new")).isTrue();
        assertThat(tool.run("try", "-f", profile).out()).isEqualTo("0 created, 0 updated, 0 removed, 2 unchanged\n");
    }

    @Test
    void whatAKeptProfileWantsDisabledStaysSo() throws IOException {
        Path file = Path.of(profile);
        Files.writeString(file, Files.readString(file).replace("priority: 1,", "priority: 1, enabled: false,"));
        tool.stdin("\n");
        assertThat(tool.run("try", "-f", profile, "--confirm-within", "1h").exit())
                .isZero();
        assertThat(tool.run("enable", "--managed").out()).contains("old: stays disabled, ", "new: already enabled");
    }

    @Test
    void unconfirmedItIsPutBackAsAWhole() {
        Tool.Result result = tool.run("try", "-f", profile, "--confirm-within", "1s");

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.out()).endsWith("not confirmed: all is as it was\n");
        assertThat(tool.logged).containsExactly("fangctl: try: undone");
        assertThat(tool.run("export").out()).doesNotContain("new:").contains("timeout: 3s", "/srv", "/etc/shadow");
        assertThat(tool.kernel.exists("groups/new")).isFalse();
        assertSame("old/timeout_ms", "old/enabled", "old/label", "old/priority");
    }

    private void assertSame(String... files) {
        for (String file : files) {
            assertThat(tool.kernel.readText("groups/" + file)).as(file).isEqualTo(before.get("groups/" + file));
        }
    }

    @Test
    void anotherProcessConfirmsOrPutsBack() throws IOException, InterruptedException {
        for (boolean confirm : new boolean[] {false, true}) {
            var over = new CountDownLatch(1);
            InputStream silent = new InputStream() {
                @Override
                public int read() {
                    try {
                        over.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return -1;
                }
            };
            tool.stdin(silent);
            var trying = CompletableFuture.supplyAsync(() -> tool.run("try", "-f", profile));
            long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (!tool.kernel.exists("groups/new")) {
                assertThat(System.nanoTime())
                        .as("the time at which nothing is applied yet")
                        .isLessThan(limit);
                Thread.sleep(10);
            }
            Tool.Result second = tool.run("try", "-f", profile.replace("p.yaml", "other.yaml"));
            assertThat(second.exit()).isNotZero();
            Tool.Result settled = tool.run("try", confirm ? "--confirm" : "--roll-back");
            assertThat(settled.out()).isEqualTo(confirm ? "confirmed\n" : "putting back\n");
            assertThat(trying.join().exit()).isEqualTo(confirm ? 0 : 1);
            assertThat(tool.kernel.exists("groups/new")).isEqualTo(confirm);
            over.countDown();
        }
        assertThat(tool.run("try", "--confirm").exit()).isEqualTo(1);
        assertThat(tool.run("try", "--roll-back").err()).isEqualTo("fangctl: nothing is being tried\n");
    }

    @Test
    void theWatcherPutsBackWhenNobodyTalksToIt() {
        tool.stdin(new ByteArrayInputStream("old\nnew\nready?\n".getBytes(StandardCharsets.UTF_8)));
        tool.kernel.write("groups/old/timeout_ms", "3000");
        Tool.Result result = tool.run(TryWatcher.NAME);

        assertThat(result.out()).isEqualTo("ready\nundone\n");
        assertThat(tool.kernel.exists("groups/new")).isFalse();
        assertSame("old/timeout_ms", "old/enabled");
    }

    @Test
    void aRefusalIsPutBackByApply() {
        tool.kernel.refuse(Errno.ENOMEM, (n, path) -> path.equals("groups/new/enabled"));
        Tool.Result result = tool.run("try", "-f", profile);

        assertThat(result.exit()).isEqualTo(6);
        assertThat(tool.kernel.exists("groups/new")).isFalse();
        assertSame("old/timeout_ms", "old/enabled");
    }

    @Test
    void timesAreBounded() {
        assertThat(tool.run("try", "-f", profile, "--confirm-within", "10ms").exit())
                .isEqualTo(2);
        assertThat(tool.run("try", "-f", profile, "--confirm-within", "120").exit())
                .isEqualTo(2);
        assertThat(tool.run("try").exit()).isEqualTo(2);
    }
}
