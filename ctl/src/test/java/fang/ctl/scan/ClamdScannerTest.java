// SPDX-License-Identifier: Apache-2.0
package fang.ctl.scan;

import static fang.ctl.scan.FakeClamd.ECHO;
import static fang.ctl.scan.FakeClamd.SILENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import fang.ctl.model.RawPath;
import fang.ctl.sys.Posix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the real clamd does not do on demand; the rest is shown with the real one, in the guest. */
class ClamdScannerTest {
    private static final long LIMIT_MS = 30_000;

    @TempDir
    Path dir;

    private Path socket;
    private int file;
    private ClamdScanner scanner;
    private FakeClamd clamd;

    @BeforeEach
    void open() throws IOException {
        socket = dir.resolve("clamd.ctl");
        file = Posix.system()
                .open(Files.writeString(dir.resolve("file"), "content").toString(), Posix.O_RDONLY);
        scanner = new ClamdScanner(RawPath.ofText(socket.toString()), 2);
    }

    @AfterEach
    void close() throws IOException {
        scanner.close();
        if (clamd != null) {
            clamd.close();
        }
        Posix.system().close(file);
    }

    @SafeVarargs
    private void say(List<String>... scripts) throws IOException {
        clamd = new FakeClamd(socket, scripts);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1: fd[7]: PERHAPS\0",
                "1: fd[7]: OK and more\0",
                "1: fd[7]: FOUND\0",
                "1: OK\0",
                "1: \0",
                "\0",
                "2: fd[7]: OK\0",
                "fd[7]: OK\0",
                "1: fd[7]: OK\0002: fd[7]: OK\0",
                "UNKNOWN COMMAND\0",
            })
    void whatIsNoReplyIsNoResult(String reply) throws Exception {
        say(List.of(reply));
        assertThatThrownBy(() -> scanner.scan(file, LIMIT_MS))
                .isInstanceOf(ScannerException.class)
                .hasMessageStartingWith("clamd: unexpected reply \"");
    }

    @Test
    void aReplyWithoutEndIsNoResult() throws Exception {
        say(List.of("1: fd[7]: " + "x".repeat(10_000)));
        assertThatThrownBy(() -> scanner.scan(file, LIMIT_MS))
                .isInstanceOf(ScannerException.class)
                .hasMessageContaining("unexpected reply");
    }

    @Test
    void aNameThatSteersATerminalIsMadeHarmless() throws Exception {
        say(List.of("1: fd[7]: Evil\033[2J FOUND\0"));
        assertThat(scanner.scan(file, LIMIT_MS)).isEqualTo(new Verdict(false, "Evil\\033[2J"));
    }

    @Test
    void whereDescriptorsDoNotArriveTheContentIsSent() throws Exception {
        String refusal = "1: No file descriptor received. ERROR\0";
        say(List.of(refusal), List.of(ECHO, "2: stream: OK\0"));
        assertThat(scanner.scan(file, LIMIT_MS).reason()).isEqualTo("content");
        assertThat(clamd.commands).containsExactly("0 zIDSESSION", "0 zFILDES", "1 zIDSESSION", "1 zINSTREAM");
    }

    @Test
    void laterFilesAreSentAtOnceThen() throws Exception {
        String refusal = "1: No file descriptor received. ERROR\0";
        say(List.of(refusal), List.of(ECHO), List.of(ECHO));
        scanner.scan(file, LIMIT_MS);
        scanner.scan(file, LIMIT_MS);
        assertThat(clamd.commands).filteredOn(c -> c.endsWith("zFILDES")).hasSize(1);
    }

    @Test
    void anotherErrorIsNoReasonToSendIt() throws Exception {
        say(List.of("1: fd[7]: Not a regular file ERROR\0"));
        assertThatThrownBy(() -> scanner.scan(file, LIMIT_MS)).hasMessage("clamd: Not a regular file");
        assertThat(clamd.commands).containsExactly("0 zIDSESSION", "0 zFILDES");
    }

    @Test
    void whoeverSaysNothingMeetsTheLimit() throws Exception {
        say(List.of(SILENCE));
        assertThatThrownBy(() -> scanner.scan(file, 50))
                .isInstanceOf(ScannerException.class)
                .hasMessageContaining("ETIMEDOUT");
    }

    @Test
    void whoeverClosesInTheMiddleOfANewConnectionHasFailed() throws Exception {
        say(List.of("1: fd[7]: O"), List.of("1: fd[7]: OK\0"));
        assertThatThrownBy(() -> scanner.scan(file, LIMIT_MS))
                .isInstanceOf(ScannerException.class)
                .hasMessageContaining("ECONNRESET");
    }

    @Test
    void aConnectionIsKeptAndItsEndUnnoticed() throws Exception {
        try (var clamd =
                new FakeClamd(socket, List.of("1: fd[7]: OK\0", "2: fd[8]: OK\0"), List.of("1: fd[7]: Evil FOUND\0"))) {
            assertThat(scanner.scan(file, LIMIT_MS)).isEqualTo(Verdict.CLEAN);
            assertThat(scanner.scan(file, LIMIT_MS)).isEqualTo(Verdict.CLEAN);
            // The first is closed now, or just being closed.
            assertThat(scanner.scan(file, LIMIT_MS)).isEqualTo(new Verdict(false, "Evil"));
            assertThat(clamd.commands).filteredOn(c -> c.endsWith("zIDSESSION")).hasSize(2);
        }
    }

    @Test
    void theVersionIsClamdsAndChangesWithIt() throws Exception {
        say(List.of("1: ClamAV 1.4.6/27000/Mon\0", "2: ClamAV 1.4.6/27001/Tue\0"));
        String first = scanner.version().orElseThrow();
        assertThat(first).startsWith("ClamAV 1.4.6/27000/Mon");
        assertThat(scanner.version().orElseThrow()).startsWith("ClamAV 1.4.6/27001/Tue");
    }

    @Test
    void theProcessThatRepliesIsPartOfTheVersionWhoeverListens() throws Exception {
        try (var clamd = new ForkingClamd(socket)) {
            String first = scanner.version().orElseThrow();
            long replied = clamd.awaitCommand("zVERSION");
            assertThat(first).isEqualTo("ClamAV 1.4.6/27000/Mon, pid " + replied);
            assertThat(scanner.version()).contains(first);
            assertThat(clamd.awaitCommand("zVERSION")).isEqualTo(replied);
            ProcessHandle process = ProcessHandle.of(replied).orElseThrow();
            process.destroyForcibly();
            process.onExit().join();
            assertThat(scanner.version())
                    .contains("ClamAV 1.4.6/27000/Mon, pid " + clamd.awaitCommand("zVERSION"))
                    .isNotEqualTo(Optional.of(first));
        }
    }

    @Test
    void thatScansAreWithOtherProcessesIsNoOtherVersion() throws Exception {
        try (var clamd = new ForkingClamd(socket)) {
            Optional<String> version = scanner.version();
            Thread scan = new Thread(() -> catchThrowable(() -> scanner.scan(file, LIMIT_MS)));
            scan.start();
            clamd.awaitCommand("zFILDES");
            assertThat(scanner.version()).isEqualTo(version);
            scan.interrupt();
            scan.join();
        }
    }

    @Test
    void nobodyThereIsSaidSo() {
        assertThatThrownBy(() -> scanner.scan(file, LIMIT_MS))
                .isInstanceOf(ScannerException.class)
                .hasMessage("clamd: connect " + socket + ": ENOENT");
        try (var far = new ClamdScanner(RawPath.ofText("/" + "x".repeat(120)), 1)) {
            assertThatThrownBy(() -> far.scan(file, LIMIT_MS)).hasMessageEndingWith("ENAMETOOLONG");
        }
    }

    @Test
    void anInterruptEndsTheWait() throws Exception {
        say(List.of(SILENCE));
        Throwable[] thrown = new Throwable[1];
        Thread thread = new Thread(() -> thrown[0] = catchThrowable(() -> scanner.scan(file, LIMIT_MS)));
        thread.start();
        thread.interrupt();
        thread.join(LIMIT_MS / 2);
        assertThat(thrown[0]).isInstanceOf(InterruptedException.class);
    }
}
