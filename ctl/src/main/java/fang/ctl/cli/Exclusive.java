// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Failure;
import fang.ctl.model.ValueType;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;

/** Keeps others that change several things at once away until it is closed. */
final class Exclusive {
    /** Longer than {@code scope follow} is at work when something is mounted; shorter than people wait. */
    static final long WAIT_S = 5;

    private static final ValueType SECONDS = new ValueType.Number(0, 86_400);

    private final LockFile lock;

    private Exclusive(LockFile lock) {
        this.lock = lock;
    }

    static void option(Command command) {
        command.option("SECONDS", "How long to wait for another fangctl to finish. Default: " + WAIT_S + ".", "--wait");
    }

    /**
     * Takes the lock.
     *
     * @throws Failure BUSY if another has it for longer than --wait
     */
    static Exclusive take(ParseResult args, Context context) throws IOException {
        try {
            return take(Long.parseLong(SECONDS.parse(Command.option(args, "--wait", Long.toString(WAIT_S)))), context);
        } catch (IllegalArgumentException e) {
            throw Command.usage("--wait: " + e.getMessage());
        }
    }

    /** As {@link #take(ParseResult, Context)}, for commands without --wait. */
    static Exclusive take(long seconds, Context context) throws IOException {
        Path file = context.environment().run().resolve("lock");
        try {
            LockFile lock = LockFile.take(file, seconds);
            if (lock == null) {
                throw new Failure(
                        Failure.Kind.BUSY, "another fangctl is changing groups. Try: --wait 10 (" + file + " is held)");
            }
            return new Exclusive(lock);
        } catch (AccessDeniedException e) {
            // Not root: nothing can be changed either, which the first change tells better.
            return new Exclusive(null);
        }
    }

    void close() throws IOException {
        if (lock != null) {
            lock.close();
        }
    }
}
