// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Failure;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.OptionalLong;

/**
 * The one {@code scope follow} that runs. A lock keeps a second one away; a file beside it, which anybody may read, says
 * which process it is. That file may outlive its process, so it holds the time of its start, too.
 */
final class Follower {
    /** In /proc/PID/stat, counted behind the name, which may hold anything. */
    private static final int START_TIME = 20;

    private final LockFile lock;
    private final Path file;

    private Follower(LockFile lock, Path file) {
        this.lock = lock;
        this.file = file;
    }

    /**
     * Makes this process the follower until it is closed.
     *
     * @throws Failure BUSY if another is
     */
    static Follower become(Context context) throws IOException {
        Path file = file(context);
        try {
            LockFile lock = LockFile.take(file.resolveSibling("follow.lock"), 0);
            if (lock == null) {
                OptionalLong other = running(context);
                throw new Failure(
                        Failure.Kind.BUSY,
                        "fangctl scope follow runs already"
                                + (other.isPresent() ? " (pid " + other.getAsLong() + ")" : ""));
            }
            long pid = ProcessHandle.current().pid();
            Path fresh = file.resolveSibling("follow.new");
            Files.writeString(fresh, pid + " " + startTime(pid, context) + "\n");
            Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            return new Follower(lock, file);
        } catch (AccessDeniedException e) {
            throw new Failure(Failure.Kind.PERMISSION, "no permission to write " + e.getFile() + " (run as root)");
        }
    }

    /** The process id of the follower; empty if none runs. */
    static OptionalLong running(Context context) {
        try {
            String[] words = Files.readString(file(context)).trim().split(" ");
            long pid = Long.parseLong(words[0]);
            return words.length == 2 && words[1].equals(startTime(pid, context))
                    ? OptionalLong.of(pid)
                    : OptionalLong.empty();
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** What to tell an admin whose group covers all while none runs. */
    static String absent(Object group) {
        return group
                + ": no fangctl scope follow runs, so what is mounted later is not covered. Next: fangctl scope follow";
    }

    private static String startTime(long pid, Context context) throws IOException {
        Path stat = context.environment().proc().resolve(Long.toString(pid)).resolve("stat");
        String text = Files.readString(stat, java.nio.charset.StandardCharsets.ISO_8859_1);
        String[] words = text.substring(text.lastIndexOf(')') + 1).split(" ");
        if (words.length <= START_TIME) {
            throw new NoSuchFileException(stat.toString());
        }
        return words[START_TIME];
    }

    private static Path file(Context context) {
        return context.environment().run().resolve("follow");
    }

    void close() throws IOException {
        Files.deleteIfExists(file);
        lock.close();
    }
}
