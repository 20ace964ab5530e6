// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a change that was begun end properly when the process is told to end (Ctrl-C, SIGTERM, a terminal that goes):
 * the next {@link #run} stops it, and the process waits until all is put back and told.
 */
final class Interruption implements Runnable {
    private static final long PATIENCE_S = 60;

    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread hook = new Thread() {
        @Override
        public void run() {
            awaitEnd();
        }
    };
    private volatile boolean wanted;

    Interruption() {
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending already.
            wanted = true;
        }
    }

    private void awaitEnd() {
        wanted = true;
        try {
            over.await(PATIENCE_S, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Goes on, or not.
     *
     * @throws CancellationException if the process shall end
     */
    @Override
    public void run() {
        if (wanted) {
            throw new CancellationException("interrupted");
        }
    }

    /** All is done and told. */
    void end() {
        over.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending already.
        }
    }
}
