// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Durations;
import fang.ctl.model.Failure;
import fang.ctl.model.Printable;
import fang.ctl.model.Profile;
import fang.ctl.output.Text;
import fang.ctl.plan.Action;
import fang.ctl.plan.Applier;
import fang.ctl.plan.GroupPlan;
import fang.ctl.plan.Ownership;
import fang.ctl.plan.Plan;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** {@code fangctl try}: {@link TryWatcher} is the other half. */
final class Try extends Command {
    private static final String DEFAULT_TIME = "120s";
    private static final long MIN_MS = 1000;
    private static final long MAX_MS = 24 * 3_600_000L;
    private static final long LOOK_MS = 100;

    private Plan applied;

    /** What the two threads that wait tell the one that goes on. */
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    Try() {
        super(
                "try",
                "Applies profiles for a try: all is put back unless Enter is pressed, or fangctl try --confirm is run, in"
                        + " time. It is put back, too, if fangctl is killed or the terminal hangs up. Exit 1 if it was put"
                        + " back.",
                "fangctl try -f antivirus.yaml",
                "fangctl try -f /etc/fang/profiles.d --confirm-within 5m",
                "fangctl try --confirm");
        ProfileOptions.add(this);
        option("TIME", "How long to wait, 1s to 24h. Default: " + DEFAULT_TIME + ".", "--confirm-within");
        flag("Keep what is being tried.", "--confirm");
        flag("Put back at once what is being tried.", "--roll-back");
        flag("Allow changes that need a group disabled for a moment.", "--allow-gap");
        Exclusive.option(this);
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        boolean confirm = has(args, "--confirm");
        if (confirm || has(args, "--roll-back")) {
            return settle(confirm, context);
        }
        long millis = millis(option(args, "--confirm-within", DEFAULT_TIME));
        Profile profile = ProfileFiles.read(ProfileOptions.files(args), context);
        Plan plan = plan(profile, context);
        if (!plan.isChange()) {
            context.println(Text.summary(plan));
            return ExitCode.DONE;
        }
        return attempt(args, profile, plan, millis, context);
    }

    /** As apply does without options: groups of others stay as they are. */
    private static Plan plan(Profile profile, Context context) {
        return new Ownership(profile.sources(), false, Set.of(), true)
                .plan(profile.groups(), context.settings(), profile.positions());
    }

    private static int settle(boolean confirm, Context context) throws IOException {
        Tried tried = new Tried(context);
        LockFile lock = tried.lock();
        if (lock != null) {
            lock.close();
        }
        if (lock != null || !tried.settle(confirm)) {
            context.note("nothing is being tried");
            return ExitCode.NO;
        }
        context.println(confirm ? "confirmed" : "putting back");
        return ExitCode.DONE;
    }

    private int attempt(ParseResult args, Profile profile, Plan planned, long millis, Context context)
            throws IOException {
        Runnable check = context.uninterrupted();
        Process watcher = context.environment().start(TryWatcher.NAME);
        // Closed by its end, however that comes: then the watcher puts all back.
        try (PrintStream orders = new PrintStream(watcher.getOutputStream(), true, StandardCharsets.UTF_8)) {
            forward(new BufferedReader(new InputStreamReader(watcher.getInputStream(), StandardCharsets.UTF_8)), "");
            planned.groups().forEach(group -> orders.println(group.name()));
            orders.println("ready?");
            String answer = take();
            if (!answer.equals(TryWatcher.READY)) {
                throw new Failure(
                        answer.equals(TryWatcher.BUSY) ? Failure.Kind.BUSY : Failure.Kind.OTHER,
                        answer.equals(TryWatcher.BUSY)
                                ? "another change is being tried. Try: fangctl try --confirm, or --roll-back"
                                : "the process that would put all back did not start: " + Printable.of(answer));
            }
            apply(args, profile, check, orders, context);
            orders.println("applied " + millis);
            context.say("applied. Press Enter within " + Durations.format(millis)
                    + " to keep it, or run: fangctl try --confirm");
            return outcome(orders, check, context);
        }
    }

    private void apply(ParseResult args, Profile profile, Runnable check, PrintStream orders, Context context)
            throws IOException {
        try {
            Exclusive lock = Exclusive.take(args, context);
            try {
                var report = new AllReport();
                Plan plan = plan(profile, context);
                try (var progress = new ProgressLine(context)) {
                    new Applier(context.store(), check, CoverAll.of(plan, report, context))
                            .tell(progress)
                            .apply(plan, profile.sources(), profile.positions(), has(args, "--allow-gap"));
                }
                applied = plan;
                plan.warnings().forEach(warning -> context.note("warning: " + warning));
                report.failures().forEach(warning -> context.note("warning: " + warning));
                for (GroupPlan group : plan.groups()) {
                    if (group.action() != Action.UNCHANGED) {
                        context.println(Text.groupPlan(group, true));
                    }
                }
            } finally {
                lock.close();
            }
        } catch (Failure e) {
            // Put back already by whom it failed.
            orders.println("keep");
            take();
            throw e;
        }
    }

    private int outcome(PrintStream orders, Runnable check, Context context) throws IOException {
        forward(new BufferedReader(new InputStreamReader(context.in(), StandardCharsets.UTF_8)), "keep");
        while (true) {
            String line;
            try {
                check.run();
                line = told.poll(LOOK_MS, TimeUnit.MILLISECONDS);
            } catch (CancellationException | InterruptedException e) {
                orders.println("undo");
                line = take();
            }
            if (line == null) {
                continue;
            }
            if (line.equals("keep")) {
                orders.println("keep");
            } else if (line.equals(TryWatcher.KEPT)) {
                Apply.settle(applied, context);
                context.println("kept");
                return ExitCode.DONE;
            } else if (line.equals(TryWatcher.UNDONE)) {
                context.println("not confirmed: all is as it was");
                return ExitCode.NO;
            } else if (!line.isEmpty()) {
                throw new Failure(
                        Failure.Kind.LEFT_OVER, "not confirmed, and not put back entirely: " + Printable.of(line));
            }
        }
    }

    private String take() {
        try {
            return told.take();
        } catch (InterruptedException e) {
            return "";
        }
    }

    /**
     * Hands on lines as they come.
     *
     * @param instead what to hand on in place of the first, and nothing at the end; empty for the lines themselves
     */
    private void forward(BufferedReader in, String instead) {
        Thread thread = new Thread(() -> {
            try {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    told.add(instead.isEmpty() ? line : instead);
                    if (!instead.isEmpty()) {
                        return;
                    }
                }
            } catch (IOException e) {
                // as the end
            }
            if (instead.isEmpty()) {
                told.add(TryWatcher.LEFT + "it ended");
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private static long millis(String text) {
        try {
            long millis = Durations.parse(text);
            if (millis < MIN_MS || millis > MAX_MS) {
                throw new IllegalArgumentException(Printable.of(text) + " is out of bounds (1s to 24h)");
            }
            return millis;
        } catch (IllegalArgumentException e) {
            throw usage("--confirm-within: " + e.getMessage());
        }
    }
}
