// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.abi.AbiRange;
import fang.ctl.configfs.StoreException;
import fang.ctl.device.ListenerNode;
import fang.ctl.model.Attribute;
import fang.ctl.model.Failure;
import fang.ctl.model.Group;
import fang.ctl.model.GroupName;
import fang.ctl.model.GroupSpec;
import fang.ctl.model.Problem;
import fang.ctl.plan.FastpathStore;
import fang.ctl.serve.Journal;
import fang.ctl.serve.Link;
import fang.ctl.serve.Log;
import fang.ctl.serve.Notifier;
import fang.ctl.serve.Policy;
import fang.ctl.serve.Rehearsal;
import fang.ctl.serve.Rules;
import fang.ctl.serve.Server;
import fang.ctl.sys.Posix;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What {@code serve} does once its options are known: from the profile to the end. */
final class ServeLoop {
    /**
     * What is under way at SIGTERM may end; what does not goes to another listener, or to the next one. Never longer than
     * half of what those have who come meanwhile.
     */
    private static final long DRAIN_MS = 10_000;

    /** How often it is told how things stand, if nobody wants it oftener. */
    private static final long LOOK_US = 10_000_000;

    private static final int RUNNING = -1;

    private final ServeProfile profile;
    private final GroupName name;
    private final boolean journal;
    private final Context context;
    private final Posix posix;
    private final Notifier notifier;
    private final Basis definitions;
    private final Basis rules;
    private final AtomicInteger exit = new AtomicInteger(RUNNING);

    private volatile Log log;
    private volatile Server server;
    /** Guarded by this, as all that reads the profile. */
    private GroupSpec spec;

    private Scanning scanning;
    /** Whether to forget has failed, and is to be tried again. */
    private volatile boolean toForget;

    private volatile long timeoutMillis = Long.parseLong(Attribute.TIMEOUT.defaultValue());

    ServeLoop(ServeProfile profile, boolean journal, Context context) {
        this.profile = profile;
        this.name = profile.name();
        this.journal = journal;
        this.context = context;
        this.posix = context.environment().posix();
        this.definitions = Basis.definitions(name, context.environment().run());
        this.rules = Basis.rules(name, context.environment().run());
        this.notifier = new Notifier(posix, context.environment().variable("NOTIFY_SOCKET"));
    }

    int run() throws IOException {
        Group group = context.group(name);
        Policy policy;
        synchronized (this) {
            spec = profile.read(group);
            profile.warnings(spec, group).forEach(warning -> context.note("warning: " + warning));
            scanning = Scanning.of(spec.serve());
            policy = policy();
            String trouble = scanning.trouble();
            if (!trouble.isEmpty()) {
                context.note("warning: " + trouble);
            }
        }
        int wake = posix.eventFd();
        ListenerNode.prepare(posix);
        log = log();
        Rehearsal.run(policy.rules());
        String path = context.environment().devices().resolve(name.text()).toString();
        try (ListenerNode node = ListenerNode.open(posix, path, true)) {
            AbiRange abi = node.abi();
            if (!abi.fits()) {
                throw new Failure(
                        Failure.Kind.MODULE,
                        "the module speaks " + abi
                                + ", which this fangctl does not: install matching versions of both");
            }
            if (!node.mayOpenFiles()) {
                throw new Failure(
                        Failure.Kind.PERMISSION,
                        "files that are asked about cannot be opened without CAP_SYS_ADMIN. Try: as root");
            }
            server = new Server(Link.of(node, posix, wake), policy, this::timeout, log);
            try {
                return serve(group, wake);
            } finally {
                server.close();
                log.close();
            }
        }
    }

    private int serve(Group group, int wake) {
        onSignal("TERM", ExitCode.DONE, wake);
        onSignal("INT", ExitCode.INTERRUPTED, wake);
        posix.onSignal("HUP", this::reload);
        forgetOthers();
        String what = what();
        context.say("serving " + name + " by " + profile.where(group) + ": " + what + "; Ctrl-C ends");
        notifier.ready(what);
        scanning.watch(this::forget, definitions, log);
        Thread watchdog = new Thread(this::watch, "watchdog");
        watchdog.setDaemon(true);
        watchdog.start();
        boolean gone = server.run();
        notifier.stopping();
        watchdog.interrupt();
        if (gone) {
            context.note(name + " is gone");
        } else if (!server.drain(Math.min(DRAIN_MS, timeout() / 2))) {
            context.note("some requests are left to others");
        }
        scanning.close();
        context.say(server.counters().toString());
        return gone ? ExitCode.DONE : exit.get();
    }

    private void onSignal(String signal, int code, int wake) {
        posix.onSignal(signal, () -> {
            exit.compareAndSet(RUNNING, code);
            server.stop();
            posix.wake(wake);
        });
    }

    private synchronized String what() {
        int rules = spec.serve().decidable().size();
        String scanner = scanning.toString();
        return rules + (rules == 1 ? " rule" : " rules") + (scanner.isEmpty() ? "" : ", " + scanner);
    }

    /** All or nothing: what is wrong is told, and what was in force stays. */
    private synchronized void reload() {
        notifier.reloading();
        try {
            Group group = context.group(name);
            GroupSpec next = profile.read(group);
            if (!next.equals(spec)) {
                Scanning old = scanning;
                boolean other = !next.serve().scanner().equals(spec.serve().scanner());
                Scanning replaced = other ? Scanning.of(next.serve()) : old;
                spec = next;
                scanning = replaced;
                server.use(policy());
                forget();
                if (other) {
                    old.retire();
                    replaced.watch(this::forget, definitions, log);
                }
            }
            log.note("reloaded: " + what());
            profile.warnings(spec, group).forEach(log::problem);
        } catch (Failure e) {
            for (Problem problem : e.problems()) {
                log.problem(problem.toString());
            }
            log.problem("the profile was not reloaded, the old one holds");
        } catch (StoreException e) {
            log.problem("the profile was not reloaded, the old one holds: " + e.getMessage());
        }
        notifier.ready(what());
    }

    private Policy policy() {
        return new Policy(
                Rules.of(spec), scanning.scanner(), spec.serve().scanner().orElse(null));
    }

    /** The group's, in milliseconds. */
    private long timeout() {
        try {
            timeoutMillis = Long.parseLong(context.store().readText("groups/" + name + "/" + Attribute.TIMEOUT.file()));
        } catch (StoreException | NumberFormatException e) {
            // The group is gone, which the reader hears.
        }
        return timeoutMillis;
    }

    /** What is remembered by other rules, or nobody knows by which. */
    private synchronized void forgetOthers() {
        if (!rules.read().equals(spec.serve().text())) {
            forget();
        }
    }

    /**
     * First what is under way is not to be remembered, then what is remembered goes.
     *
     * @return whether it did; else it is tried again
     */
    private synchronized boolean forget() {
        server.forget();
        try {
            new FastpathStore(context.store()).flush(name);
            toForget = false;
            rules.write(spec.serve().text());
        } catch (StoreException e) {
            log.problem("what is remembered could not be forgotten: " + e.getMessage()
                    + ". Try: fangctl fastpath flush " + name);
            toForget = true;
        }
        return !toForget;
    }

    private Log log() {
        Log.Sink stderr = entry -> context.note(name + ": " + entry.message());
        return new Log(name.text(), journal ? new Journal(posix, Journal.SOCKET, stderr) : stderr);
    }

    /** Feeds the watchdog as long as there is progress, and tells how it goes. */
    private void watch() {
        long every = interval();
        var settlements = new Settlements(name, context.store());
        String told = "";
        String toldSlow = "";
        try {
            while (true) {
                TimeUnit.MICROSECONDS.sleep(every);
                String trouble = server.trouble(System.nanoTime());
                if (trouble.isEmpty()) {
                    notifier.watchdog();
                    notifier.status(server.counters().toString());
                } else if (!trouble.equals(told)) {
                    log.problem(trouble);
                }
                told = trouble;
                String slow = server.slow(System.nanoTime());
                if (!slow.isEmpty() && !slow.equals(toldSlow)) {
                    log.problem(slow);
                }
                toldSlow = slow;
                server.renewTimeout();
                if (toForget) {
                    forget();
                }
                settlements.tell(log);
            }
        } catch (InterruptedException e) {
            // the end
        }
    }

    private long interval() {
        String wanted = context.environment().variable("WATCHDOG_USEC");
        try {
            return wanted == null ? LOOK_US : Math.max(1, Math.min(LOOK_US, Long.parseLong(wanted) / 3));
        } catch (NumberFormatException e) {
            return LOOK_US;
        }
    }
}
