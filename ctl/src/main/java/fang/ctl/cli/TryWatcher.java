// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.configfs.GroupStore;
import fang.ctl.configfs.StoreException;
import fang.ctl.model.Failure;
import fang.ctl.model.GroupName;
import fang.ctl.plan.Applier;
import fang.ctl.plan.Plan;
import fang.ctl.plan.RehearsalStore;
import fang.ctl.plan.Restoration;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The process that {@code try} starts before it changes anything, in a session of its own: it puts all back unless told
 * otherwise, above all if nobody tells it anything any more. It must not open a file then, which the new groups might hold
 * up, so it does all of it once before, on a store that changes nothing.
 *
 * <p>It reads lines: names of groups, then {@code ready?}, {@code applied MILLISECONDS}, {@code keep} or {@code undo}; the
 * end of them is undo. It writes {@code ready}, and in the end {@code kept}, {@code undone} or {@code left REASON}.
 */
final class TryWatcher extends Command {
    static final String NAME = "try-watcher";
    static final String BUSY = "busy";
    static final String READY = "ready";
    static final String KEPT = "kept";
    static final String UNDONE = "undone";
    static final String LEFT = "left ";

    private static final String END = "undo";
    private static final long LOOK_MS = 100;

    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    TryWatcher() {
        super(NAME, "Of try, for try alone.");
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        Tried tried = new Tried(context);
        LockFile lock = tried.lock();
        if (lock == null) {
            context.println(BUSY);
            return ExitCode.OTHER;
        }
        try {
            listen(context);
            List<GroupName> names = new ArrayList<>();
            for (String line = next(Long.MAX_VALUE); !line.equals("ready?"); line = next(Long.MAX_VALUE)) {
                if (line.equals(END)) {
                    return ExitCode.OTHER;
                }
                names.add(new GroupName(line));
            }
            GroupStore store = context.store();
            Restoration restoration = new Restoration(store, names);
            rehearse(restoration, names, tried, context);
            tried.begin();
            context.println(READY);
            String outcome = isKept(tried) ? KEPT : restore(restoration, store, context);
            log(outcome, context);
            tell(outcome, context);
            return ExitCode.DONE;
        } finally {
            lock.close();
        }
    }

    private void listen(Context context) {
        Thread thread = new Thread(() -> {
            try {
                var in = new BufferedReader(new InputStreamReader(context.in(), StandardCharsets.UTF_8));
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    lines.add(line);
                }
            } catch (IOException e) {
                // as the end
            }
            lines.add(END);
        });
        thread.setDaemon(true);
        thread.start();
    }

    /** The next line; null if none came in this time. */
    private String next(long millis) {
        try {
            return lines.poll(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return END;
        }
    }

    private boolean isKept(Tried tried) throws IOException {
        long end = Long.MAX_VALUE;
        while (true) {
            String line = next(LOOK_MS);
            if (tried.isSettled()) {
                return !tried.isRefused();
            }
            if (line != null && line.startsWith("applied ")) {
                end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Long.parseLong(line.substring(8)));
            } else if ("keep".equals(line)) {
                return tried.settle(true) || !tried.isRefused();
            } else if (line != null || end != Long.MAX_VALUE && System.nanoTime() - end >= 0) {
                return !tried.settle(false) && !tried.isRefused();
            }
        }
    }

    private static String restore(Restoration restoration, GroupStore store, Context context) {
        try {
            Exclusive lock = Exclusive.take(Exclusive.WAIT_S, context);
            try {
                undo(restoration, store, context);
            } finally {
                lock.close();
            }
            return UNDONE;
        } catch (Failure | StoreException | IOException e) {
            return LEFT + String.valueOf(e.getMessage()).replace('\n', ' ');
        }
    }

    private static void undo(Restoration restoration, GroupStore store, Context context) throws IOException {
        restoration.removeNew(store);
        Plan plan = restoration.plan(store);
        new Applier(store, () -> {}, CoverAll.of(plan, new AllReport(), context))
                .apply(plan, restoration.labels(), Map.of(), true);
    }

    /** Puts back a change that only a store in memory has seen. */
    private static void rehearse(Restoration real, List<GroupName> names, Tried tried, Context context)
            throws IOException {
        GroupStore store = new RehearsalStore(context.store());
        real.plan(store);
        for (GroupName name : names) {
            String group = "groups/" + name;
            if (store.exists(group)) {
                store.write(group + "/timeout_ms", "599999");
                store.write(
                        group + "/enabled", store.readText(group + "/enabled").equals("1") ? "0" : "1");
                for (String kind : List.of("scopes", "exemptions", "rules")) {
                    store.make(group + "/" + kind + "/try");
                }
            } else {
                store.make(group);
            }
        }
        real.removeNew(store);
        try {
            Plan plan = real.plan(store);
            new Applier(store).apply(plan, real.labels(), Map.of(), true);
        } catch (Failure e) {
            // The rehearsal's faults are its own; classes are loaded.
        }
        Exclusive.take(0, context).close();
        tried.begin();
        tried.settle(false);
        String.valueOf(new Failure(Failure.Kind.OTHER, "").problems());
    }

    private static void log(String outcome, Context context) {
        context.environment().log("fangctl: try: " + outcome);
    }

    /** Perhaps nobody is left to hear it. */
    private static void tell(String outcome, Context context) {
        try {
            context.println(outcome);
        } catch (IOException e) {
            // it is in the kernel's log
        }
    }
}
