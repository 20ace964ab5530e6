// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.GroupName;
import fang.ctl.plan.Preload;
import java.util.concurrent.TimeUnit;

/** Tells on stderr how far preloading is, if it takes long, and ends it when the process shall end. */
final class PreloadProgress implements Preload.Progress {
    private static final long EVERY_NS = TimeUnit.SECONDS.toNanos(2);

    private final Runnable checkpoint;
    private final Context context;
    private long told = System.nanoTime();

    PreloadProgress(Runnable checkpoint, Context context) {
        this.checkpoint = checkpoint;
        this.context = context;
    }

    @Override
    public void at(GroupName group, long looked, long added) {
        checkpoint.run();
        if (System.nanoTime() - told >= EVERY_NS) {
            told = System.nanoTime();
            context.note(group + ": preloading, " + looked + " files looked at, " + added + " remembered");
        }
    }
}
