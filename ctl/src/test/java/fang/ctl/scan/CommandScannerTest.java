// SPDX-License-Identifier: Apache-2.0
package fang.ctl.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fang.ctl.sys.Posix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With real programs. */
class CommandScannerTest {
    private static final long LIMIT_MS = 30_000;

    @TempDir
    Path dir;

    private int file;

    @BeforeEach
    void open() throws IOException {
        Path path = Files.writeString(dir.resolve("file"), "a virus in here\n");
        file = Posix.system().open(path.toString(), Posix.O_RDONLY);
    }

    @AfterEach
    void close() {
        Posix.system().close(file);
    }

    private Verdict run(String shell) throws Exception {
        return new CommandScanner(List.of("/bin/sh", "-c", shell), 1).scan(file, LIMIT_MS);
    }

    @Test
    void theFileIsDescriptorThreeAtItsStart() throws Exception {
        assertThat(run("[ \"$(cat <&3)\" = 'a virus in here' ]")).isEqualTo(Verdict.CLEAN);
        // Whoever read it before has left it at its end.
        assertThat(run("[ \"$(cat <&3)\" = 'a virus in here' ]")).isEqualTo(Verdict.CLEAN);
        Posix.system().read(file, ByteBuffer.allocateDirect(5));
        assertThat(run("cat <&3; exit 1")).isEqualTo(new Verdict(false, "a virus in here"));
    }

    @Test
    void thereIsNoShellOfOurs() throws Exception {
        var scanner = new CommandScanner(List.of("/bin/echo", "$HOME", "a  b;", "*"), 1);
        assertThat(scanner.scan(file, LIMIT_MS)).isEqualTo(Verdict.CLEAN);
        scanner =
                new CommandScanner(List.of("/usr/bin/env", "sh", "-c", "echo \"$1\"; exit 1", "-", "$HOME a  b; *"), 1);
        assertThat(scanner.scan(file, LIMIT_MS).reason()).isEqualTo("$HOME a  b; *");
    }

    @ParameterizedTest
    @CsvSource({
        "exit 1, found by /bin/sh",
        "echo Evil; echo more; exit 1, Evil",
        "echo Evil >&2; exit 1, Evil",
        "printf 'a\\033[2Jb'; exit 1, a\\033[2Jb",
    })
    void exitCodeOneIsNotCleanAndTheFirstLineIsTheReason(String shell, String reason) throws Exception {
        assertThat(run(shell)).isEqualTo(new Verdict(false, reason));
    }

    @ParameterizedTest
    @CsvSource({
        "exit 2, /bin/sh: exit code 2",
        "exit 255, /bin/sh: exit code 255",
        "echo no database; exit 3, /bin/sh: exit code 3: no database",
        "kill -SEGV $$, /bin/sh: was ended by signal 11",
        "kill -PIPE $$, /bin/sh: was ended by signal 13",
    })
    void everythingElseIsAFailure(String shell, String message) {
        assertThatThrownBy(() -> run(shell))
                .isInstanceOf(ScannerException.class)
                .hasMessage(message);
    }

    @Test
    void aProgramThatIsNotThereIsAFailure() {
        assertThatThrownBy(() -> new CommandScanner(List.of("/nonexistent"), 1).scan(file, LIMIT_MS))
                .isInstanceOf(ScannerException.class)
                .hasMessage("/nonexistent: No such file or directory");
    }

    @Test
    void itHasTheFileAndStandardStreamsAloneAndNoEnvironmentOfOurs() throws Exception {
        int[] others = new int[20];
        for (int i = 0; i < others.length; i++) {
            // Without O_CLOEXEC, as native libraries open them.
            others[i] = Posix.system().open("/dev/null", Posix.O_RDONLY);
        }
        try {
            // ls opens the directory as 4.
            assertThat(run("echo $(exec ls /proc/self/fd); exit 1").reason()).isEqualTo("0 1 2 3 4");
            assertThat(run("read line; readlink /proc/self/fd/0; exit 1").reason())
                    .isEqualTo("/dev/null");
            assertThat(run("env | cut -d= -f1 | grep -v -e ^_$ -e ^PWD$ | sort | tr '\\n' ' '; exit 1")
                            .reason())
                    .isEqualTo("LC_ALL PATH");
            assertThat(run("pwd; exit 1").reason()).isEqualTo("/");
            // Signals 32 and 33 are the C library's own.
            assertThat(run("grep -h -e SigBlk -e SigIgn /proc/$$/status | tr -d '\\n'; exit 1")
                            .reason())
                    .matches("SigBlk:.0110{16}SigIgn:.011[0-9a-f]{8}[08]0{7}");
        } finally {
            for (int other : others) {
                Posix.system().close(other);
            }
        }
    }

    @Test
    void afterItsTimeItIsKilledWithAllThatItStarted() throws Exception {
        Path pids = dir.resolve("pids");
        var scanner = new CommandScanner(List.of("/bin/sh", "-c", "sleep 1000 & echo $$ $! >" + pids + "; wait"), 1);
        assertThatThrownBy(() -> scanner.scan(file, 1000))
                .isInstanceOf(ScannerException.class)
                .hasMessage("/bin/sh: did not end within 1000 ms and was killed");
        for (String pid : Files.readString(pids).strip().split(" ")) {
            assertEnds(Long.parseLong(pid));
        }
    }

    @Test
    void whatItLeavesBehindEndsWithItAndIsNotWaitedFor() throws Exception {
        assertThat(new CommandScanner(List.of("/bin/sh", "-c", "sleep 1000 & echo $!; exit 1"), 1).scan(file, LIMIT_MS))
                .satisfies(verdict -> assertEnds(Long.parseLong(verdict.reason())));
    }

    /** Whoever was orphaned is reaped by somebody else, in time. */
    private static void assertEnds(long pid) {
        long limit = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LIMIT_MS);
        while (isRunning(pid)) {
            assertThat(System.nanoTime()).as("process " + pid + " still runs").isLessThan(limit);
            LockSupport.parkNanos(10_000_000);
        }
    }

    private static boolean isRunning(long pid) {
        try {
            return !Files.readString(Path.of("/proc/" + pid + "/stat")).matches("(?s).*\\) [ZX] .*");
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void muchOutputHoldsNobodyUp() throws Exception {
        assertThat(run("head -c 1000000 /dev/zero | tr '\\0' x; exit 1").reason())
                .isEqualTo("x".repeat(200) + "...");
    }

    @Test
    void nothingOfItIsLeft() throws Exception {
        run("exit 0");
        long before = descriptors();
        for (int i = 0; i < 50; i++) {
            run("exit 0");
        }
        assertThat(descriptors()).isLessThan(before + 10);
        assertThat(ProcessHandle.current().children()).isEmpty();
    }

    private static long descriptors() throws IOException {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }

    /** Scans in a JVM that was started with SIGCHLD ignored, as by a program that does so and uses bash. */
    private String runIgnoringItsChildren(String... words) throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> command = new ArrayList<>(List.of("env", "--ignore-signal=CHLD", java.toString(), "-cp"));
        command.addAll(List.of(System.getProperty("java.class.path"), ScanningProgram.class.getName()));
        command.add(dir.resolve("file").toString());
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }

    @Test
    void whatItFindsIsFoundThoughWhoeverStartedUsIgnoresItsChildren() throws Exception {
        assertThat(runIgnoringItsChildren("exit 1", "exit 0", "exit 2"))
                .isEqualTo("found by /bin/sh\nclean\n/bin/sh: exit code 2\n");
    }

    @Test
    void howItEndedNotKnownIsAFailure() throws Exception {
        assertThat(runIgnoringItsChildren("exit 1", ScanningProgram.IGNORE_CHILDREN, "exit 1", "exit 0"))
                .isEqualTo("found by /bin/sh\n" + "/bin/sh: waitpid /bin/sh: errno 10\n".repeat(2));
    }

    @Test
    void noMoreRunAtATimeThanThereArePlaces() throws Exception {
        Path running = Files.createDirectory(dir.resolve("running"));
        String shell = "cd " + running + "; mkdir $$; n=$(ls | wc -l); sleep 0.05; rmdir $$; echo $n; exit 1";
        var scanner = new CommandScanner(List.of("/bin/sh", "-c", shell), 2);
        var threads = Executors.newFixedThreadPool(8);
        try {
            var scans = java.util.stream.IntStream.range(0, 16)
                    .mapToObj(i -> threads.submit(() -> scanner.scan(file, LIMIT_MS)))
                    .toList();
            for (var scan : scans) {
                assertThat(scan.get().reason().strip()).isIn("1", "2");
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void whoGetsNoPlaceInTimeIsToldSo() throws Exception {
        var scanner = new CommandScanner(List.of("/bin/sleep", "1000"), 1);
        Thread first = new Thread(() -> {
            try {
                scanner.scan(file, LIMIT_MS * 10);
            } catch (ScannerException | InterruptedException e) {
                // at the end
            }
        });
        first.start();
        while (ProcessHandle.current().children().findAny().isEmpty()) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThatThrownBy(() -> scanner.scan(file, 20))
                .isInstanceOf(ScannerException.class)
                .hasMessage("/bin/sleep: none of its places has become free within 20 ms");
        first.interrupt();
        first.join();
        assertThat(ProcessHandle.current().children()).isEmpty();
    }
}
