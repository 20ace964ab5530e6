// SPDX-License-Identifier: Apache-2.0
package fang.ctl.plan;

import fang.ctl.configfs.GroupStore;
import fang.ctl.configfs.Refusals;
import fang.ctl.configfs.StoreException;
import fang.ctl.model.Failure;
import fang.ctl.model.Failure.Kind;
import fang.ctl.model.Problem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Puts another build of the module in the place of the loaded one: groups are remembered and removed, the module goes, the
 * other one comes and gets the groups. Whatever fails, the way back is the same with the old one.
 */
public final class ModuleReload {
    /** Somebody may be reading a file of the module at this moment: {@code list}, or a monitor. */
    private static final long UNLOAD_LIMIT_S = 3;

    /** Listeners that read end-of-file have some work to finish. */
    private static final long LISTENERS_LIMIT_S = 15;

    private static final long PAUSE_NS = 50_000_000;

    private final GroupStore store;
    private final ModuleLoader loader;
    private final List<String> parameters;
    private final Snapshot snapshot;

    /** @param parameters what the module gets, as {@code NAME=VALUE} */
    public ModuleReload(GroupStore store, ModuleLoader loader, List<String> parameters) {
        this.store = store;
        this.loader = loader;
        this.parameters = List.copyOf(parameters);
        this.snapshot = new Snapshot(store);
    }

    public Snapshot snapshot() {
        return snapshot;
    }

    /**
     * Does it.
     *
     * @param old the loaded module's file; null if there is none, and then no way back
     * @param listeners whether there are some, which are to end
     * @param checkpoint called until the old module is gone; a {@link CancellationException} from it goes back
     * @return what could not be put back, because what it names is gone
     * @throws Failure ROLLED_BACK or LEFT_OVER
     */
    public List<String> run(ModuleFile fresh, ModuleFile old, boolean listeners, Runnable checkpoint) {
        try {
            Snapshot.removeAll(store, checkpoint);
            unload(listeners ? LISTENERS_LIMIT_S : UNLOAD_LIMIT_S, checkpoint);
        } catch (StoreException | IOException | CancellationException e) {
            throw unchanged(text(e));
        }
        try {
            load(fresh);
            return snapshot.restore();
        } catch (StoreException | IOException e) {
            throw back(old, text(e));
        }
    }

    private void unload(long seconds, Runnable checkpoint) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (true) {
            checkpoint.run();
            try {
                loader.unload();
                return;
            } catch (IOException e) {
                if (System.nanoTime() - end >= 0) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE_NS);
            }
        }
    }

    private void load(ModuleFile file) throws IOException {
        loader.load(file, parameters);
        if (!store.isPresent()) {
            throw new IOException("it is loaded, but " + store.root() + " is not there");
        }
    }

    /** The old module never went. */
    private Failure unchanged(String why) {
        List<Problem> problems = problems(why);
        try {
            tell(snapshot.restore(), problems);
        } catch (StoreException e) {
            problems.add(Problem.of(text(e)));
            return leftOver("the module was not changed, but its groups could be put back only in part", problems);
        }
        return rolledBack("the module was not changed, all groups are as they were", problems);
    }

    /** The new module is there, perhaps with some groups, or not at all. */
    private Failure back(ModuleFile old, String why) {
        List<Problem> problems = problems(why);
        String step = "the new module could not be unloaded";
        try {
            if (store.isPresent()) {
                Snapshot.removeAll(store, () -> {});
            }
            if (loader.isLoaded()) {
                unload(UNLOAD_LIMIT_S, () -> {});
            }
            if (old == null) {
                return leftOver("no module is loaded, nothing is guarded", problems);
            }
            step = "the old module could not be loaded again, nothing is guarded";
            load(old);
            step = "the old module is back, but its groups only in part";
            tell(snapshot.restore(), problems);
        } catch (StoreException | IOException e) {
            problems.add(Problem.of(text(e)));
            return leftOver(step, problems);
        }
        return rolledBack("the old module is back, all groups are as they were", problems);
    }

    private static void tell(List<String> left, List<Problem> problems) {
        left.forEach(line -> problems.add(Problem.of(line)));
    }

    private static List<Problem> problems(String why) {
        List<Problem> problems = new ArrayList<>();
        problems.add(new Problem(null, "reload-module", null, why));
        return problems;
    }

    private String text(Exception e) {
        if (!(e instanceof StoreException refused)) {
            return e.getMessage();
        }
        try {
            return new Refusals(store).explain(refused).getMessage();
        } catch (StoreException again) {
            return refused.getMessage();
        }
    }

    private static Failure rolledBack(String message, List<Problem> problems) {
        return new Failure(Kind.ROLLED_BACK, message, problems);
    }

    private static Failure leftOver(String message, List<Problem> problems) {
        return new Failure(Kind.LEFT_OVER, message, problems);
    }
}
