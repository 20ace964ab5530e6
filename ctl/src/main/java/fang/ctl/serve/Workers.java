// SPDX-License-Identifier: Apache-2.0
package fang.ctl.serve;

import fang.ctl.model.Errno;
import fang.ctl.model.Response;
import fang.ctl.model.ResponseKind;
import fang.ctl.scan.ScannerException;
import fang.ctl.scan.Verdict;
import fang.ctl.sys.FileFacts;
import fang.ctl.sys.SysException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Looks at files and has them scanned, some at a time, and responds. Nobody waits for it here. */
final class Workers implements AutoCloseable {
    /** Between two tries of a scanner that does not work: soon for who waits, seldom for a scanner that starts. */
    private static final long RETRY_MS = 500;

    private final Link link;
    private final Supplier<Policy> policy;
    private final Counters counters;
    private final Log log;
    private final Jobs jobs = new Jobs();
    private final ScheduledThreadPoolExecutor pool;
    private final Outage outage;
    /** Grows when what is remembered becomes void. */
    private final AtomicLong epoch = new AtomicLong();

    private volatile long progressNs = System.nanoTime();

    Workers(Link link, Supplier<Policy> policy, Counters counters, Log log) {
        this.link = link;
        this.policy = policy;
        this.counters = counters;
        this.log = log;
        this.outage = new Outage(log);
        this.pool = new ScheduledThreadPoolExecutor(policy.get().workers(), task -> {
            Thread thread = new Thread(task, "worker");
            thread.setDaemon(true);
            return thread;
        });
        pool.prestartAllCoreThreads();
    }

    /** From now on so many at a time. */
    void resize(int workers) {
        pool.setCorePoolSize(workers);
    }

    /** Nothing that was begun before is remembered. */
    void forget() {
        epoch.incrementAndGet();
    }

    /** Takes a request whose file has to be looked at. Never waits. */
    void add(Request request) {
        Jobs.Put put = jobs.put(request);
        Job job = put == Jobs.Put.NEW ? jobs.of(request) : null;
        if (job != null) {
            run(job);
        } else if (put == Jobs.Put.JOINED) {
            counters.joined.increment();
        } else {
            counters.overloaded.increment();
            log.overloaded();
        }
    }

    private void run(Job job) {
        try {
            pool.execute(() -> work(job));
        } catch (RejectedExecutionException e) {
            // The end: the kernel asks another listener.
        }
    }

    private void work(Job job) {
        progressNs = System.nanoTime();
        List<Request> waiting = jobs.begin(job, progressNs);
        boolean done = true;
        try {
            done = attempt(job, waiting);
        } catch (InterruptedException e) {
            // Ends without a response: the kernel asks another listener.
            return;
        } catch (RuntimeException | Error e) {
            // The time-outs decide. What ends a thread would leave its file begun for ever.
            log.problem("internal error, please report it: " + e);
            jobs.settled(job, waiting);
        }
        progressNs = System.nanoTime();
        if (!done) {
            // Begun it stays: who waits gets more time meanwhile.
            again(job);
        } else if (jobs.end(job)) {
            run(job);
        }
    }

    private void again(Job job) {
        try {
            // The more files there are, the less often each.
            pool.schedule(() -> work(job), RETRY_MS + jobs.size(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // As above.
        }
    }

    /** Whether it is done; else it is to be tried again. */
    private boolean attempt(Job job, List<Request> waiting) throws InterruptedException {
        long before = epoch.get();
        try {
            int file = open(job, waiting);
            if (file < 0) {
                return true;
            }
            try {
                look(job, waiting, file, before);
            } finally {
                link.close(file);
            }
            return true;
        } catch (ScannerException e) {
            String onError = policy.get().onError();
            counters.failed.increment();
            outage.failed(e.getMessage(), onError);
            if (onError.equals("deny")) {
                deny(job, waiting, "not scanned");
            } else if (onError.equals("allow")) {
                allow(job, waiting);
            }
            return !onError.equals("retry");
        }
    }

    /**
     * A descriptor of the file, through the first request that is still open; others are let go. -1: none is. Those whose
     * file was remembered meanwhile are not: the kernel allows them in place of this.
     */
    private int open(Job job, List<Request> waiting) throws ScannerException {
        while (!waiting.isEmpty()) {
            try {
                return link.open(waiting.get(0).event.id());
            } catch (SysException e) {
                if (e.errno() != Errno.ENOENT) {
                    throw new ScannerException("the file cannot be opened: " + e.getMessage(), e);
                }
                jobs.settled(job, waiting.subList(0, 1));
                waiting.remove(0);
            }
        }
        return -1;
    }

    private void look(Job job, List<Request> waiting, int file, long before)
            throws ScannerException, InterruptedException {
        Policy now = policy.get();
        FileFacts facts = facts(file);
        // Where a file's device is not its file system's, as in subvolumes of btrfs, others have the same number.
        if (facts.dev() != waiting.get(0).event.dev()) {
            waiting.subList(1, waiting.size()).clear();
        }
        List<Request> decided = new ArrayList<>();
        for (Request request : waiting) {
            if (request.isOpenTo(now.rules())
                    && request.decide(now.rules(), facts.owner(), facts.size()).action() != Rules.Action.SCAN) {
                respond(request, now.rules());
                decided.add(request);
            }
        }
        jobs.settled(job, decided);
        waiting.removeAll(decided);
        if (waiting.isEmpty()) {
            return;
        }
        Verdict verdict = now.scannerOrNone().scan(file, now.limitMillis());
        counters.scanned.increment();
        outage.over();
        if (verdict.clean()) {
            clean(job, waiting, epoch.get() == before ? now.rules() : null);
        } else {
            deny(job, waiting, verdict.reason());
        }
    }

    private FileFacts facts(int file) throws ScannerException {
        try {
            return link.facts(file);
        } catch (SysException e) {
            throw new ScannerException("the file cannot be looked at: " + e.getMessage(), e);
        }
    }

    /** What rules alone decide. */
    void respond(Request request, Rules rules) {
        boolean allow = request.decision().action() == Rules.Action.ALLOW;
        link.send(List.of(allow ? request.allow(rules) : request.respond(ResponseKind.DENY)));
        count(allow, 1);
        if (!allow) {
            log.denied(request, request.decision().rule().reason());
        }
    }

    private void clean(Job job, List<Request> waiting, Rules remember) {
        List<Response> responses = new ArrayList<>(waiting.size());
        for (Request request : waiting) {
            responses.add(request.allow(remember));
        }
        link.send(responses);
        count(true, waiting.size());
        jobs.settled(job, waiting);
    }

    private void allow(Job job, List<Request> those) {
        link.send(Jobs.all(those, ResponseKind.ALLOW));
        count(true, those.size());
        jobs.settled(job, those);
    }

    private void deny(Job job, List<Request> those, String reason) {
        if (!those.isEmpty()) {
            link.send(Jobs.all(those, ResponseKind.DENY));
            count(false, those.size());
            those.forEach(request -> log.denied(request, reason));
            jobs.settled(job, those);
        }
    }

    private void count(boolean allow, int number) {
        (allow ? counters.allowed : counters.denied).add(number);
    }

    boolean areShort(long timeoutNs) {
        return !jobs.shortOfTime(System.nanoTime(), timeoutNs).isEmpty();
    }

    /** Asks for more time where half of it is over and a worker is at it. */
    void extend(long timeoutNs) {
        long now = System.nanoTime();
        for (Request request : jobs.shortOfTime(now, timeoutNs)) {
            boolean taken = link.send(List.of(request.respond(ResponseKind.MORE_TIME)));
            request.extended(taken, now, timeoutNs);
            if (taken) {
                counters.moreTime.increment();
            }
        }
    }

    /** Whether some file is with a worker for so long, and nothing else was begun or ended meanwhile. */
    boolean isStuck(long now, long nanos) {
        return isSlow(now, nanos) && now - progressNs > nanos;
    }

    /** Whether some file is with a worker for so long. */
    boolean isSlow(long now, long nanos) {
        long oldest = jobs.oldestNs();
        return oldest != 0 && now - oldest > nanos;
    }

    boolean isIdle() {
        return jobs.size() == 0;
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
