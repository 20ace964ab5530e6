// SPDX-License-Identifier: Apache-2.0
package fang.ctl.scan;

import fang.ctl.model.Errno;
import fang.ctl.model.Printable;
import fang.ctl.sys.Child;
import fang.ctl.sys.Deadline;
import fang.ctl.sys.SysException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A program that is run for each file. It finds the file as descriptor 3, at its start; exit code 0 is clean, 1 is not,
 * and every other, or a signal, is a failure. The first line that it prints is the reason. There is no shell, nothing to
 * read, and no descriptor besides; when its time is over it is killed with all of its process group.
 */
public final class CommandScanner implements Scanner {
    private static final int CLEAN = 0;
    private static final int FOUND = 1;

    /** Nothing of the environment of whoever started this, which may be a person's shell. */
    private static final List<String> ENVIRONMENT =
            List.of("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8");

    /** Of a reason, which has to fit in a line of a log. */
    private static final int REASON_MAX = 200;

    private final List<String> command;
    private final Semaphore places;

    /**
     * @param command a program by its absolute path, and its words
     * @param processes how many run at a time
     */
    public CommandScanner(List<String> command, int processes) {
        this.command = List.copyOf(command);
        this.places = new Semaphore(processes, true);
    }

    @Override
    public Verdict scan(int file, long limitMillis) throws ScannerException, InterruptedException {
        Deadline deadline = Deadline.in(limitMillis);
        if (!places.tryAcquire(limitMillis, TimeUnit.MILLISECONDS)) {
            throw failure("none of its places has become free within " + limitMillis + " ms", null);
        }
        Child.End end;
        try {
            end = Child.start(command, ENVIRONMENT, file).end(deadline);
        } catch (SysException e) {
            throw failure(
                    e.errno() == Errno.ETIMEDOUT
                            ? "did not end within " + limitMillis + " ms and was killed"
                            : e.errno() == Errno.UNKNOWN
                                    ? e.getMessage()
                                    : e.errno().text(),
                    e);
        } finally {
            places.release();
        }
        String line = firstLine(end.output());
        if (end.exit() == CLEAN) {
            return Verdict.CLEAN;
        }
        if (end.exit() == FOUND) {
            return new Verdict(false, line.isEmpty() ? "found by " + program() : line);
        }
        String how = end.signal() != 0 ? "was ended by signal " + end.signal() : "exit code " + end.exit();
        throw failure(line.isEmpty() ? how : how + ": " + line, null);
    }

    private ScannerException failure(String why, Throwable cause) {
        return new ScannerException(program() + ": " + why, cause);
    }

    private String program() {
        return Printable.of(command.get(0));
    }

    private static String firstLine(byte[] output) {
        String line = new String(output, StandardCharsets.UTF_8)
                .lines()
                .findFirst()
                .orElse("")
                .strip();
        return Printable.of(line.length() > REASON_MAX ? line.substring(0, REASON_MAX) + "..." : line);
    }

    @Override
    public Optional<String> version() {
        return Optional.empty();
    }

    /** What runs ends by itself, or at its deadline. */
    @Override
    public void close() {}
}
