// SPDX-License-Identifier: Apache-2.0
package fang.ctl.serve;

import fang.ctl.model.Event;
import fang.ctl.model.Response;
import fang.ctl.model.ResponseKind;
import fang.ctl.sys.SysException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Decides about a group's requests until it is told to stop. One thread reads and responds by rules; it never waits for
 * anything but records. What needs the file goes to {@link Workers}.
 */
public final class Server implements AutoCloseable {
    /** How long a read waits; also how soon the watchdog would notice that nobody reads. */
    private static final int READ_MS = 500;

    /** What a scan may take beyond its limit, and reading beyond its wait, before something is wrong. */
    private static final long GRACE_NS = 10_000_000_000L;

    /** Nothing that the clock does takes longer; after it nobody uses the link if all was drained. */
    private static final long CLOSE_MS = 1_000;

    private static final long DRAIN_PAUSE_NS = 5_000_000;
    private static final long UNREADABLE_PAUSE_NS = 50_000_000;
    private static final long NS_PER_MS = 1_000_000;

    private final Link link;
    private final Counters counters = new Counters();
    private final Log log;
    private final LongSupplier timeoutMillis;
    private final Workers workers;
    private final Thread clock;
    private volatile Policy policy;
    private volatile long timeoutNs;
    private volatile boolean stopping;
    private boolean unreadable;
    private volatile long readNs = System.nanoTime();

    /**
     * @param timeoutMillis tells the group's as it is now, for more time; asked by any thread
     */
    public Server(Link link, Policy policy, LongSupplier timeoutMillis, Log log) {
        this.link = link;
        this.policy = policy;
        this.log = log;
        this.timeoutMillis = timeoutMillis;
        renewTimeout();
        this.workers = new Workers(link, () -> this.policy, counters, log);
        this.clock = new Thread(this::extend, "clock");
        clock.setDaemon(true);
        clock.start();
    }

    public Counters counters() {
        return counters;
    }

    /** Decides by another profile from the next request on. */
    public void use(Policy next) {
        policy = next;
        workers.forget();
        workers.resize(next.workers());
    }

    /** Now and then, as the group's may be changed. */
    public void renewTimeout() {
        timeoutNs = timeoutMillis.getAsLong() * NS_PER_MS;
    }

    /** What was found clean before holds no more: nothing that is under way is remembered. */
    public void forget() {
        workers.forget();
    }

    /** Ends {@link #run} soon; whoever waits in a read is to be woken besides. */
    public void stop() {
        stopping = true;
    }

    /** Reads and responds; gives whether the group is gone, and not just somebody wants it to stop. */
    public boolean run() {
        while (!stopping) {
            List<Event> events = read(READ_MS);
            if (events == null) {
                continue;
            }
            if (events.isEmpty()) {
                return true;
            }
            decide(events);
        }
        return false;
    }

    private List<Event> read(int millis) {
        try {
            List<Event> events = link.read(millis);
            readNs = System.nanoTime();
            unreadable = false;
            return events;
        } catch (SysException e) {
            // Out of descriptors or memory: the record stays where it is.
            if (!unreadable) {
                log.problem("nothing can be read: " + e.getMessage());
            }
            unreadable = true;
            LockSupport.parkNanos(UNREADABLE_PAUSE_NS);
            return null;
        }
    }

    private void decide(List<Event> events) {
        Rules rules = policy.rules();
        List<Response> responses = new ArrayList<>();
        List<Request> denied = new ArrayList<>();
        int allowed = 0;
        for (Event event : events) {
            if (event.fd() >= 0) {
                link.close(event.fd());
            }
            if (!event.isAccess()) {
                notification(event, responses);
                continue;
            }
            Request request = new Request(event);
            switch (request.decide(rules).action()) {
                case ALLOW -> {
                    responses.add(request.allow(rules));
                    allowed++;
                }
                case DENY -> {
                    responses.add(request.respond(ResponseKind.DENY));
                    denied.add(request);
                }
                default -> {
                    // At the end it is left to others.
                    if (!stopping) {
                        workers.add(request);
                    }
                }
            }
        }
        if (!responses.isEmpty()) {
            link.send(responses);
            counters.denied.add(denied.size());
            counters.allowed.add(allowed);
        }
        for (Request request : denied) {
            log.denied(request, request.decision().rule().reason());
        }
    }

    private void notification(Event event, List<Response> responses) {
        counters.notifications.increment();
        if (event.isOutstanding()) {
            responses.add(new Response(event.id(), ResponseKind.CLEAR, false));
        }
    }

    private void extend() {
        try {
            while (true) {
                // Often enough that half of a deadline is noticed well before its end.
                Thread.sleep(Math.max(1, Math.min(250, timeoutNs / NS_PER_MS / 8)));
                if (workers.areShort(timeoutNs)) {
                    // What the kernel will add is what it is now.
                    renewTimeout();
                    workers.extend(timeoutNs);
                }
            }
        } catch (SysException e) {
            log.problem("no more time can be asked for: " + e.getMessage());
        } catch (InterruptedException e) {
            // closed
        }
    }

    /** That a file takes too long while others go on; empty if none does. */
    public String slow(long nowNs) {
        return workers.isSlow(nowNs, policy.limitMillis() * NS_PER_MS + GRACE_NS)
                ? "a file keeps its worker for longer than a scan may take: fewer are left for others"
                : "";
    }

    /** Why it makes no progress, for the watchdog; empty while requests are read and scans end. */
    public String trouble(long nowNs) {
        if (workers.isStuck(nowNs, policy.limitMillis() * NS_PER_MS + GRACE_NS)) {
            return "no scan ends, though they have a limit";
        }
        return nowNs - readNs > READ_MS * NS_PER_MS + GRACE_NS ? "nothing is read" : "";
    }

    /**
     * Waits until all that was read is responded to, and goes on with what rules decide: as long as this listens the kernel
     * asks it. For the thread of {@link #run}, after it.
     *
     * @return whether it was in time
     */
    public boolean drain(long millis) {
        long end = System.nanoTime() + millis * NS_PER_MS;
        while (!workers.isIdle()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            List<Event> events = read(0);
            if (events == null) {
                LockSupport.parkNanos(DRAIN_PAUSE_NS);
            } else if (events.isEmpty()) {
                return true;
            } else {
                decide(events);
            }
        }
        return true;
    }

    @Override
    public void close() {
        stopping = true;
        clock.interrupt();
        workers.close();
        try {
            clock.join(CLOSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
