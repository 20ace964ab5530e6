// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.device.ListenerNode;
import fang.ctl.model.Event;
import fang.ctl.model.RawPath;
import fang.ctl.model.Response;
import fang.ctl.model.ResponseKind;
import fang.ctl.sys.Posix;
import java.nio.ByteBuffer;
import java.util.List;

/** The commands of {@code listen -- COMMAND}, and what their ends mean to the group. */
final class EventJobs {
    private static final int EVENTFD_BYTES = 8;

    /** Exit codes that respond; every other one leaves the request to on_timeout. */
    private static final int ALLOW = 0;

    private static final int DENY = 1;

    private final JobRunner runner;
    private final ListenerNode node;
    private final ListenLoop.Options options;
    private final Context context;
    private final Posix posix;
    private final ByteBuffer counter = ByteBuffer.allocateDirect(EVENTFD_BYTES);
    private boolean failed;

    EventJobs(JobRunner runner, ListenerNode node, ListenLoop.Options options, Context context) {
        this.runner = runner;
        this.node = node;
        this.options = options;
        this.context = context;
        this.posix = context.environment().posix();
    }

    int fd() {
        return runner.fd();
    }

    /** Whether a command failed. */
    boolean isFailed() {
        return failed;
    }

    /** Runs the command for an event, once there is room; meanwhile others stay in the group's queue. */
    void hand(Event event) {
        while (runner.isFull()) {
            settle();
        }
        runner.start(event);
    }

    /** Waits until all have ended. */
    void finish() {
        while (!runner.isIdle()) {
            settle();
        }
    }

    /** Waits until one or more have ended, and tells the group. */
    void settle() {
        posix.poll(new int[] {runner.fd()}, new int[] {Posix.POLLIN}, -1);
        counter.clear();
        posix.read(runner.fd(), counter);
        for (JobRunner.Done done : runner.ended()) {
            settle(done);
        }
    }

    private void settle(JobRunner.Done done) {
        Event event = done.event();
        if (event.isAccess() && options.byExit()) {
            ResponseKind kind =
                    done.exit() == ALLOW ? ResponseKind.ALLOW : done.exit() == DENY ? ResponseKind.DENY : null;
            if (kind != null) {
                boolean fastpath = options.fastpath() && kind == ResponseKind.ALLOW;
                node.respond(List.of(new Response(event.id(), kind, fastpath)));
                return;
            }
        } else if (event.isOutstanding() && options.clear()) {
            node.respond(List.of(new Response(event.id(), ResponseKind.CLEAR, false)));
        }
        if (done.exit() != 0) {
            failed = true;
            RawPath path = event.path();
            context.note(
                    options.group() + ": " + (path == null ? "id " + Long.toUnsignedString(event.id()) : path.display())
                            + ": " + options.command().get(0)
                            + (done.why() == null ? " exited " + done.exit() : " did not start: " + done.why()));
        }
    }
}
