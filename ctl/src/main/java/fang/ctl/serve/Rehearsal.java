// SPDX-License-Identifier: Apache-2.0
package fang.ctl.serve;

import fang.ctl.abi.RecordCodec;
import fang.ctl.abi.ResponseCodec;
import fang.ctl.device.ListenerNode;
import fang.ctl.model.Errno;
import fang.ctl.model.Event;
import fang.ctl.model.EventKind;
import fang.ctl.model.RawPath;
import fang.ctl.model.Response;
import fang.ctl.model.ResponseKind;
import fang.ctl.model.ServeSpec;
import fang.ctl.scan.ClamdScanner;
import fang.ctl.sys.Deadline;
import fang.ctl.sys.FileFacts;
import fang.ctl.sys.LocalSocket;
import fang.ctl.sys.Posix;
import fang.ctl.sys.SysException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Serves a made-up group for a moment, over sockets in place of its device and of clamd: loads and compiles what will be
 * needed, before there is anybody who would wait for it.
 */
public final class Rehearsal {
    /** As many as it takes until all that is done for one is compiled: Java does so after 200 calls. */
    private static final int ROUNDS = 400;

    /** Where nothing is ever compiled, everything is loaded by then. */
    private static final int ROUNDS_INTERPRETED = 40;

    private static final int BATCH = 2;

    /** Who opens a file waits, so there are few at a time. */
    private static final int OPEN_MAX = 8;

    private static final int WORKERS = 2;

    /** Of so many one is about the same file as another, waits for nothing, or does not wait any more. */
    private static final int SHARED_EVERY = 8;

    private static final int NOTIFIED_EVERY = 16;
    private static final int GONE_EVERY = 50;

    private static final int DEVICE = 1;

    /** It takes a fraction of a second. Where it takes so much longer, those who wait for a listener matter more. */
    private static final long LIMIT_MS = 10_000;

    /** Shorter than any, so that more of it is asked for. */
    private static final long TIMEOUT_MS = 40;

    private Rehearsal() {}

    /** By these rules, with a scanner that finds something, and fails, now and then. Gives what was done. */
    public static Counters run(Rules rules) {
        Posix posix = Posix.system();
        Log log = new Log("rehearsal", entry -> Journal.encode(entry));
        LocalSocket[] pair = LocalSocket.pair();
        int wake = posix.eventFd();
        ListenerNode node = ListenerNode.of(posix, pair[0].fd());
        ClamdScanner clamd = ClamdScanner.rehearsing(WORKERS);
        Policy policy = new Policy(rules, clamd, new ServeSpec.Scanner(null, List.of("/"), WORKERS, LIMIT_MS, "deny"));
        Stage stage = new Stage(Link.of(node, posix, wake), pair[1], node, posix);
        Server server = new Server(stage, policy, () -> TIMEOUT_MS, log);
        server.run();
        server.use(policy);
        boolean drained = server.drain(stage.deadline.leftMillis());
        server.trouble(System.nanoTime());
        server.counters().toString();
        server.close();
        log.close();
        clamd.close();
        // Else somebody still uses them.
        if (drained) {
            node.close();
            pair[1].close();
            posix.close(wake);
        }
        return server.counters();
    }

    private static boolean isInterpreted() {
        return System.getProperty("java.vm.info", "").contains("interpreted mode");
    }

    /** A group's device, and those who open files of the group. */
    private static final class Stage implements Link {
        private final Deadline deadline = Deadline.in(LIMIT_MS);
        private final Semaphore places = new Semaphore(OPEN_MAX);
        private final ByteBuffer responses = ByteBuffer.allocateDirect(ResponseCodec.size(OPEN_MAX));
        private final Link link;
        private final LocalSocket kernel;
        private final ListenerNode node;
        private final Posix posix;
        private int rounds = isInterpreted() ? ROUNDS_INTERPRETED : ROUNDS;

        Stage(Link link, LocalSocket kernel, ListenerNode node, Posix posix) {
            this.link = link;
            this.kernel = kernel;
            this.node = node;
            this.posix = posix;
        }

        @Override
        public List<Event> read(int timeoutMillis) {
            try {
                while (!kernel.isQuiet()) {
                    kernel.receive(responses.clear(), deadline);
                }
                if (rounds-- == 0) {
                    return List.of();
                }
                for (int i = 0; i < BATCH; i++) {
                    Event event = event((long) rounds * BATCH + i);
                    if (event.isAccess() && !places.tryAcquire(deadline.leftMillis(), TimeUnit.MILLISECONDS)) {
                        return List.of();
                    }
                    kernel.send(RecordCodec.encode(event), deadline);
                }
                return link.read(timeoutMillis);
            } catch (SysException | InterruptedException e) {
                // Out of time.
                return List.of();
            }
        }

        private static Event event(long number) {
            EventKind kind = number % NOTIFIED_EVERY == 0 ? EventKind.OPEN : EventKind.OPEN_ACCESS;
            RawPath path = RawPath.ofText("/rehearsal/" + number + ".tmp");
            int pid = (int) number;
            long ino = number % SHARED_EVERY < 2 ? 0 : number;
            return new Event(
                    number, 1, kind.ordinal(), 0, -1, pid, pid, 1, 1, DEVICE, ino, 0, 1, 1, path, path, path, path);
        }

        @Override
        public boolean send(List<Response> batch) {
            for (Response response : batch) {
                places.release(response.kind() == ResponseKind.MORE_TIME ? 0 : 1);
            }
            return link.send(batch);
        }

        @Override
        public int open(long id) {
            try {
                return node.openFile(id);
            } catch (SysException e) {
                // A socket has no such call, but now it is compiled.
                if (id % GONE_EVERY == 0) {
                    places.release();
                    throw new SysException("open", "", Errno.ENOENT.number());
                }
                return posix.open("/dev/null", Posix.O_RDONLY | Posix.O_CLOEXEC);
            }
        }

        @Override
        public FileFacts facts(int file) {
            FileFacts found = link.facts(file);
            return new FileFacts(found.owner(), found.size(), DEVICE, found.ino());
        }

        @Override
        public void close(int file) {
            link.close(file);
        }
    }
}
