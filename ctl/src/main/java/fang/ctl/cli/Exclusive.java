// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Failure;
import fang.ctl.model.ValueType;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.ParseResult;

/** Keeps others that change several things at once away until it is closed. */
final class Exclusive {
    private static final long PAUSE_NS = 50_000_000;
    private static final ValueType SECONDS = new ValueType.Number(0, 86_400);

    private final FileChannel channel;

    private Exclusive(FileChannel channel) {
        this.channel = channel;
    }

    static void option(Command command) {
        command.option("SECONDS", "How long to wait for another fangctl to finish. Default: 0.", "--wait");
    }

    /**
     * Takes the lock.
     *
     * @throws Failure BUSY if another has it for longer than --wait
     */
    static Exclusive take(ParseResult args, Context context) throws IOException {
        long seconds;
        try {
            seconds = Long.parseLong(SECONDS.parse(Command.option(args, "--wait", "0")));
        } catch (IllegalArgumentException e) {
            throw Command.usage("--wait: " + e.getMessage());
        }
        Path directory = context.environment().run();
        FileChannel channel;
        try {
            Files.createDirectories(directory);
            channel = FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (AccessDeniedException e) {
            // Not root: nothing can be changed either, which the first change tells better.
            return new Exclusive(null);
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!tryLock(channel)) {
            if (System.nanoTime() - end >= 0) {
                channel.close();
                throw new Failure(
                        Failure.Kind.BUSY,
                        "another fangctl is changing groups. Try: --wait 10 (" + directory + "/lock is held)");
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
        return new Exclusive(channel);
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }
}
