// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Errno;
import fang.ctl.model.Event;
import fang.ctl.model.RawPath;
import fang.ctl.sys.Posix;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;

/**
 * Runs a command for each event, some at a time. They stay in this process group, so they are exempt as it is. There is no
 * shell; where a path is no UTF-8, which the JVM cannot hand on, xargs puts its bytes in.
 */
final class JobRunner {
    /** What stands for the path. */
    static final String PATH = "{}";

    /** Of a command that could not be started, as shells have it. */
    private static final int NOT_STARTED = 127;

    /**
     * A command that has ended.
     *
     * @param why what went wrong at its start; null if it was started
     */
    record Done(Event event, int exit, String why) {}

    private static final Pattern ERROR = Pattern.compile("error[=:] ?([0-9]{1,4})\\b");

    private final List<String> command;
    private final String group;
    private final int jobs;
    private final Posix posix;
    private final int wake;
    private final ConcurrentLinkedQueue<Done> done = new ConcurrentLinkedQueue<>();
    private int running;

    /** @param jobs how many at a time */
    JobRunner(List<String> command, String group, int jobs, Posix posix) {
        this.command = command;
        this.group = group;
        this.jobs = jobs;
        this.posix = posix;
        this.wake = posix.eventFd();
    }

    /** A descriptor that is ready to be read when a command has ended. */
    int fd() {
        return wake;
    }

    boolean isFull() {
        return running >= jobs;
    }

    boolean isIdle() {
        return running == 0;
    }

    void start(Event event) {
        running++;
        Thread thread = new Thread(() -> {
            done.add(run(event));
            posix.wake(wake);
        });
        thread.setDaemon(true);
        thread.start();
    }

    /** Those that have ended since the last call. */
    List<Done> ended() {
        List<Done> ended = new ArrayList<>();
        for (Done one = done.poll(); one != null; one = done.poll()) {
            ended.add(one);
            running--;
        }
        return ended;
    }

    /** Loads what a start needs. */
    static void prepare() {
        try {
            new ProcessBuilder("true").start().waitFor();
        } catch (IOException | InterruptedException e) {
            // then the first command says so
        }
    }

    private Done run(Event event) {
        try {
            RawPath path = event.path();
            boolean text = path == null || path.utf8().isPresent();
            List<String> words = new ArrayList<>(text ? List.of() : List.of("xargs", "-0", "-I", PATH, "--"));
            for (String word : command) {
                words.add(text && path != null ? word.replace(PATH, path.utf8().get()) : word);
            }
            ProcessBuilder builder = new ProcessBuilder(words)
                    .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.INHERIT);
            if (text) {
                builder.redirectInput(new File("/dev/null"));
            }
            builder.environment().put("FANG_GROUP", group);
            builder.environment().put("FANG_KIND", event.word());
            builder.environment().put("FANG_ID", Long.toUnsignedString(event.id()));
            builder.environment().put("FANG_PID", Integer.toString(event.tgid()));
            Process process = builder.start();
            if (!text) {
                try (OutputStream in = process.getOutputStream()) {
                    in.write(path.bytes());
                    in.write(0);
                }
            }
            return new Done(event, process.waitFor(), null);
        } catch (IOException e) {
            return new Done(event, NOT_STARTED, why(String.valueOf(e.getMessage())));
        } catch (InterruptedException e) {
            return new Done(event, NOT_STARTED, "interrupted");
        }
    }

    /** The system's words, of what each Java puts in its own. */
    private static String why(String message) {
        var number = ERROR.matcher(message);
        Errno errno = number.find() ? Errno.ofNumber(Integer.parseInt(number.group(1))) : Errno.UNKNOWN;
        return errno == Errno.UNKNOWN ? message : errno.text();
    }
}
