// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import fang.ctl.model.Errno;
import fang.ctl.model.GroupName;
import fang.ctl.serve.Log;
import fang.ctl.testing.FakeKernel;
import fang.ctl.testing.Tool;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code serve} does besides deciding. */
class ServeTest {
    private static final int LIMIT_S = 30;

    private final Tool tool = new Tool();

    @TempDir
    Path directory;

    private Path profile(String rest) throws IOException {
        return Files.writeString(
                directory.resolve("p.yaml"),
                "version: 1\ngroups:\n  av:\n    priority: 1\n    mask: open_access\n    max_extensions: 3\n"
                        + "    scopes: {subtree: /nonexistent}\n" + rest);
    }

    private static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_S);
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private long flushes() {
        return tool.kernel.log().stream()
                .filter(line -> line.contains("groups/av/fastpath/flush"))
                .count();
    }

    @Test
    void dropInsAreFoundByTheirLabel() throws IOException {
        profile("    rules: {path: /nonexistent/*.exe, respond: deny}\n");
        tool.profileDirectories(directory);
        assertThat(tool.run("apply").exit()).isZero();
        Tool.Result result = tool.run("serve", "av");
        assertThat(result.err()).contains("serving av by the drop-in directories: 1 rule; Ctrl-C ends\n");
        assertThat(result.exit()).isZero();
    }

    /** While it serves; the first poll only warms up. */
    private void during(Runnable action) {
        // The first poll is one of preparations.
        tool.posix.during(() -> {}).during(action);
    }

    /** Says what it is, as often as it is asked. */
    private static Thread clamd(Path socket, String version) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread thread = new Thread(() -> {
            try (server) {
                while (true) {
                    SocketChannel connection = server.accept();
                    Thread session = new Thread(() -> answer(connection, version));
                    session.setDaemon(true);
                    session.start();
                }
            } catch (IOException e) {
                // the end
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void answer(SocketChannel connection, String version) {
        try {
            int number = 0;
            var command = new StringBuilder();
            ByteBuffer one = ByteBuffer.allocate(1);
            while (connection.read(one.clear()) > 0) {
                if (one.get(0) != 0) {
                    command.append((char) one.get(0));
                    continue;
                }
                if (command.toString().equals("zVERSION")) {
                    number++;
                    connection.write(
                            ByteBuffer.wrap((number + ": " + version + "\0").getBytes(StandardCharsets.UTF_8)));
                }
                command.setLength(0);
            }
        } catch (IOException e) {
            // the end
        }
    }

    @Test
    void anUpdateWhileNobodyServedForgetsWhatWasFoundClean() throws Exception {
        Path socket = directory.resolve("clamd");
        Path profile = profile("    scanner: {clamd: " + socket + "}\n");
        assertThat(tool.run("apply", "-f", profile.toString()).exit()).isZero();

        Thread old = clamd(socket, "ClamAV 1/1");
        during(() -> until(() -> isKnown("ClamAV 1/1")));
        Tool.Result first = tool.run("serve", "av");
        assertThat(first.err()).doesNotContain("does not work").contains("definitions are ClamAV 1/1");
        // By other rules, and by other definitions.
        assertThat(flushes()).as("of who served before").isEqualTo(2);

        old.interrupt();
        old.join();
        Files.delete(socket);
        clamd(socket, "ClamAV 1/2");
        during(() -> until(() -> isKnown("ClamAV 1/2")));
        tool.run("serve", "av");
        assertThat(flushes()).as("by others").isEqualTo(3);
    }

    @Test
    void otherRulesWhileNobodyServedForgetWhatWasFoundClean() throws IOException {
        String rule = "    rules: {path: /nonexistent/*.exe, respond: deny}\n";
        Path profile = profile(rule);
        assertThat(tool.run("apply", "-f", profile.toString()).exit()).isZero();
        tool.run("serve", "av");
        assertThat(flushes()).as("of who served before").isEqualTo(1);
        tool.run("serve", "av");
        assertThat(flushes()).as("by the same rules").isEqualTo(1);
        profile(rule + "    scanner: {command: /bin/true}\n");
        tool.run("serve", "av");
        assertThat(flushes()).as("without the scanner").isEqualTo(2);
        profile("    rules: {path: /nonexistent/*.exe, respond: deny, kinds: open_access}\n"
                + "    scanner: {command: /bin/true}\n");
        tool.run("serve", "av");
        assertThat(flushes()).as("by another rule").isEqualTo(3);
    }

    @Test
    void whatCouldNotBeForgottenIsToldAndForgottenByTheNextOne() throws IOException {
        Path profile = profile("    rules: {path: /nonexistent/*.exe, respond: deny}\n");
        assertThat(tool.run("apply", "-f", profile.toString()).exit()).isZero();
        tool.kernel.refuse(Errno.EMFILE, (number, file) -> file.endsWith("/fastpath/flush"));
        assertThat(tool.run("serve", "av").err())
                .contains("could not be forgotten")
                .contains("Try: fangctl fastpath flush av");
        assertThat(flushes()).isZero();
        tool.kernel.refuse(Errno.EMFILE, (number, file) -> false);
        tool.run("serve", "av");
        assertThat(flushes()).isEqualTo(1);
    }

    @Test
    void whoMayNotOpenFilesIsTold() throws IOException {
        Path profile = profile("    rules: {path: /nonexistent/*.exe, respond: deny}\n");
        assertThat(tool.run("apply", "-f", profile.toString()).exit()).isZero();
        tool.posix.opensNoFiles();
        Tool.Result result = tool.run("serve", "av");
        assertThat(result.exit()).isEqualTo(77);
        assertThat(result.err()).contains("CAP_SYS_ADMIN").contains("as root");
    }

    @Test
    void definitionsAreKnownToTheNextOne() throws IOException {
        Path run = directory.resolve("run");
        var definitions = Basis.definitions(new GroupName("av"), run);
        assertThat(definitions.read()).isEmpty();
        definitions.write("ClamAV 1/1");
        definitions.write("ClamAV 1/2");
        assertThat(Basis.definitions(new GroupName("av"), run).read()).isEqualTo("ClamAV 1/2");
        assertThat(Basis.definitions(new GroupName("b"), run).read()).isEmpty();
        try (var files = Files.list(run)) {
            assertThat(files).hasSize(1);
        }
    }

    private boolean isKnown(String version) {
        try {
            return Files.readString(tool.run().resolve("definitions-av")).contains(version);
        } catch (IOException e) {
            return false;
        }
    }

    @ParameterizedTest
    @CsvSource({"TERM, 0", "INT, 130"})
    void signalsEndItOnceAllIsRespondedTo(String signal, int exit) throws IOException {
        Path profile = profile("    rules: {path: /nonexistent/*.exe, respond: deny}\n");
        assertThat(tool.run("apply", "-f", profile.toString()).exit()).isZero();
        during(() -> tool.posix.signal(signal));
        Tool.Result result = tool.run("serve", "av");
        assertThat(result.exit()).isEqualTo(exit);
        assertThat(result.err()).doesNotContain("is gone").contains("0 allowed, 0 denied");
        assertThat(tool.posix.calls()).last().isEqualTo("close");
    }

    @Test
    void whatTheKernelSettledIsTold() {
        List<String> told = new CopyOnWriteArrayList<>();
        FakeKernel kernel = new FakeKernel();
        kernel.make("groups/av");
        kernel.put("groups/av/stats/timed_out", "3");
        var settlements = new Settlements(new GroupName("av"), kernel);
        try (Log log =
                new Log("av", entry -> told.add(entry.message() + entry.fields().keySet()))) {
            settlements.tell(log);
            kernel.put("groups/av/stats/timed_out", "5");
            settlements.tell(log);
            settlements.tell(log);
        }
        assertThat(told).containsExactly("settled without a response: 2 timed_out[FANG_TIMED_OUT, FANG_GROUP]");
    }
}
