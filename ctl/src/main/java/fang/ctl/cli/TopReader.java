// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.configfs.GroupReader;
import fang.ctl.configfs.GroupStore;
import fang.ctl.configfs.RateReader;
import fang.ctl.configfs.StoreException;
import fang.ctl.model.AccessRequest;
import fang.ctl.model.Errno;
import fang.ctl.model.GroupName;
import fang.ctl.model.Load;
import fang.ctl.model.Rates;
import fang.ctl.trace.ActivityReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** Brings together what {@code top} shows. */
final class TopReader implements AutoCloseable {
    private final GroupStore store;
    private final RateReader rates;
    private final ActivityReader activity;
    private final Environment environment;
    private long since;

    /** @param names empty for all groups */
    TopReader(List<GroupName> names, Context context) {
        this.environment = context.environment();
        this.store = context.store();
        this.rates = new RateReader(store, names, environment::nanoTime);
        Set<String> wanted = new HashSet<>();
        names.forEach(name -> wanted.add(name.text()));
        this.activity = new ActivityReader(environment.tracing(), environment::trace, wanted);
        activity.open();
        since = environment.nanoTime();
    }

    /** Whether {@link #look} is to be called between two readings. */
    boolean isLooking() {
        return activity.isOpen();
    }

    /**
     * Makes room for what comes. Where there is no group any more it lets go of the module, which somebody may want to
     * unload.
     */
    void look() {
        if (!activity.isOpen()) {
            return;
        }
        activity.drain();
        try {
            if (store.list("groups").isEmpty()) {
                activity.close();
            }
        } catch (StoreException e) {
            activity.close();
        }
    }

    /**
     * What happened since the reading before.
     *
     * @throws fang.ctl.model.Failure MODULE if the module is gone
     */
    Load read() {
        RateReader.Reading reading = rates.read();
        List<Load.OfGroup> groups = new ArrayList<>();
        for (Rates group : reading.groups()) {
            groups.add(new Load.OfGroup(group, oldest(group)));
        }
        long now = environment.nanoTime();
        var load = new Load(groups, reading.gone(), activity.take(now - since));
        since = now;
        if (!activity.isOpen() && !groups.isEmpty()) {
            activity.open();
        }
        return load;
    }

    private OptionalLong oldest(Rates group) {
        if (group.now().pending() == 0) {
            return OptionalLong.empty();
        }
        try {
            return new GroupReader(store)
                    .pending(group.now().group()).requests().stream()
                            .mapToLong(AccessRequest::ageMillis)
                            .max();
        } catch (StoreException e) {
            if (e.errno() == Errno.EACCES
                    || !store.exists("groups/" + group.now().group())) {
                return OptionalLong.empty();
            }
            throw e;
        }
    }

    @Override
    public void close() {
        activity.close();
    }
}
