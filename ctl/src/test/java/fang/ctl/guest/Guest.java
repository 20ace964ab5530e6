// SPDX-License-Identifier: Apache-2.0
package fang.ctl.guest;

import fang.ctl.Main;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** What cases are made of: the tool in this JVM, other processes, and waiting with a limit. */
final class Guest {
    static final Path CONFIGFS = Path.of("/sys/kernel/config/fang/groups");

    /** On tmpfs, which the fastpath accepts. */
    static final Path DIR = Path.of("/tmp/fangctl-guest");

    /** Kernels full of checks take a multiple. */
    private static final long LIMIT_S = 30 * Long.parseLong(System.getenv().getOrDefault("FANG_SLOWNESS", "1"));

    private static final long PAUSE_NS = 20_000_000;

    private final List<Process> processes = new ArrayList<>();

    /** What came of a run. */
    record Result(int exit, String out, String err) {
        Result expect(int exitCode, String stdout, String stderr) {
            String expected = exitCode + "\n" + stdout + "\n" + stderr;
            String found = exit + "\n" + out + "\n" + err;
            equal(found, expected);
            return this;
        }

        Result expect(int exitCode) {
            check(exit == exitCode, "exit " + exit + ", not " + exitCode + "\n" + out + err);
            return this;
        }
    }

    /** Runs fangctl in this JVM. */
    Result fangctl(String... args) {
        return fangctlWith(new byte[0], args);
    }

    Result fangctlWith(byte[] stdin, String... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int exit = Main.run(args, new ByteArrayInputStream(stdin), out, new PrintStream(err, true));
        return new Result(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** A {@code listen} that goes on in another thread; returns once it has joined. */
    Listening listen(String... args) {
        return join("listen", "listening on", args);
    }

    /** As {@link #listen}, of {@code serve}; the last one of this JVM hears its signals. */
    Listening serve(String... args) {
        return join("serve", "serving", args);
    }

    private static Listening join(String command, String sign, String... args) {
        Listening listening = new Listening(command, args);
        until(sign, () -> listening.err().contains(sign) || listening.isOver());
        check(listening.err().contains(sign), command + " ended: " + listening.err());
        return listening;
    }

    /** A command that joins a group, in a thread of this JVM. */
    static final class Listening {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final ByteArrayOutputStream err = new ByteArrayOutputStream();
        private final Thread thread;
        private volatile int exit = -1;

        private Listening(String command, String[] args) {
            String[] all = new String[args.length + 1];
            all[0] = command;
            System.arraycopy(args, 0, all, 1, args.length);
            thread = new Thread(
                    () -> exit = Main.run(all, new ByteArrayInputStream(new byte[0]), out, new PrintStream(err, true)));
            thread.setDaemon(true);
            thread.start();
        }

        String out() {
            return out.toString(StandardCharsets.UTF_8);
        }

        String err() {
            return err.toString(StandardCharsets.UTF_8);
        }

        boolean isOver() {
            return !thread.isAlive();
        }

        /** Waits for its end. */
        Result end() {
            until("its end; so far: " + out(), this::isOver);
            return new Result(exit, out(), err());
        }
    }

    /** A process of a session of its own, so that no listener here exempts it. */
    Process start(String shell) {
        try {
            var builder = new ProcessBuilder("setsid", "--wait", "bash", "-c", shell).redirectErrorStream(true);
            // Set for this JVM; a small guest may not have the locale, which shells complain about.
            builder.environment().remove("LC_ALL");
            Process process = builder.start();
            process.getOutputStream().close();
            processes.add(process);
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a process of a session of its own to its end; stderr is part of its output. */
    Result shell(String shell) {
        return end(start(shell));
    }

    static Result end(Process process) {
        try {
            if (!process.waitFor(LIMIT_S, TimeUnit.SECONDS)) {
                throw new AssertionError("a process did not end within " + LIMIT_S + " s");
            }
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.exitValue(), out, "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** An attribute's value as the kernel shows it. */
    static String value(String file) {
        return text(CONFIGFS.resolve(file)).strip();
    }

    static long stat(String group, String name) {
        return Long.parseLong(value(group + "/stats/" + name));
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file below {@link #DIR}. */
    static Path file(String name, String content) {
        try {
            return Files.writeString(DIR.resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void until(String what, BooleanSupplier condition) {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_S);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > limit) {
                throw new AssertionError("waited " + LIMIT_S + " s for " + what);
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
    }

    static void check(boolean condition, String otherwise) {
        if (!condition) {
            throw new AssertionError(otherwise);
        }
    }

    static void equal(Object found, Object expected) {
        check(found.equals(expected), "found:\n" + found + "\nexpected:\n" + expected);
    }

    /** Removes every group and makes an empty directory. */
    void clean() throws IOException {
        try (var groups = Files.list(CONFIGFS)) {
            for (Path group : groups.toList()) {
                store(group.resolve("enabled"), "0");
                for (String kind : List.of("scopes", "exemptions", "rules")) {
                    try (var items = Files.newDirectoryStream(group.resolve(kind), Files::isDirectory)) {
                        for (Path item : items) {
                            store(item.resolve("enabled"), "0");
                            Files.delete(item);
                        }
                    }
                }
                Files.delete(group);
            }
        }
        if (Files.exists(DIR)) {
            try (var files = Files.walk(DIR)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        Files.createDirectories(DIR);
    }

    static void store(Path file, String value) throws IOException {
        Files.write(file, value.getBytes(StandardCharsets.UTF_8), java.nio.file.StandardOpenOption.WRITE);
    }

    /** Ends what the case left running. */
    void end() {
        try {
            clean();
        } catch (IOException e) {
            // the next case says so
        }
        for (Process process : processes) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
