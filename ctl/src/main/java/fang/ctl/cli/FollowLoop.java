// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.configfs.Refusals;
import fang.ctl.configfs.StoreException;
import fang.ctl.model.Failure;
import fang.ctl.plan.AllScopes;
import fang.ctl.serve.Notifier;
import fang.ctl.sys.Posix;
import fang.ctl.sys.SysException;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/** What {@code scope follow} does until it is told to end. No failure ends it: each is told once, and tried again. */
final class FollowLoop {
    /** Groups that newly cover all make no sound; after this time an admin would begin to wonder. */
    private static final int LOOK_MS = 2_000;

    /** Another fangctl holds the lock for about as long as this. */
    private static final int BUSY_MS = 200;

    private static final int RUNNING = -1;

    private final AllScopes all;
    private final Context context;
    private final Posix posix;
    private final Notifier notifier;
    private final AtomicInteger exit = new AtomicInteger(RUNNING);
    private boolean ready;
    private String told = "";

    FollowLoop(AllScopes all, Context context) {
        this.all = all;
        this.context = context;
        this.posix = context.environment().posix();
        this.notifier = new Notifier(posix, context.environment().variable("NOTIFY_SOCKET"));
    }

    int run() {
        int wake = posix.eventFd();
        // Opened before the table is first read: poll tells what changed since.
        int table = posix.open(MountView.table(context).toString(), Posix.O_RDONLY | Posix.O_CLOEXEC);
        try {
            end("TERM", ExitCode.DONE, wake);
            end("INT", ExitCode.INTERRUPTED, wake);
            context.say("following the mount table, Ctrl-C ends");
            while (exit.get() == RUNNING) {
                int wait = step();
                if (!ready && wait != BUSY_MS) {
                    ready = true;
                    notifier.ready("following the mount table");
                }
                posix.poll(new int[] {table, wake}, new int[] {Posix.POLLPRI, Posix.POLLIN}, wait);
            }
            return exit.get();
        } finally {
            posix.close(table);
        }
    }

    private void end(String signal, int code, int wake) {
        posix.onSignal(signal, () -> {
            exit.compareAndSet(RUNNING, code);
            posix.wake(wake);
        });
    }

    /** How long to wait for the next one, in milliseconds. */
    private int step() {
        try {
            if (all.isDue()) {
                Exclusive lock = Exclusive.take(0, context);
                try {
                    all.pass();
                } finally {
                    lock.close();
                }
            }
            told = "";
        } catch (Failure e) {
            if (e.kind() == Failure.Kind.BUSY) {
                return BUSY_MS;
            }
            tell(e.getMessage());
        } catch (StoreException e) {
            tell(why(e));
        } catch (IOException | SysException | IllegalArgumentException e) {
            tell(String.valueOf(e.getMessage()));
        }
        return LOOK_MS;
    }

    private String why(StoreException e) {
        try {
            return new Refusals(context.anyStore()).explain(e).getMessage();
        } catch (StoreException again) {
            return e.getMessage();
        }
    }

    private void tell(String message) {
        if (!message.equals(told)) {
            told = message;
            context.note(message);
        }
    }
}
