// SPDX-License-Identifier: Apache-2.0
package fang.ctl.scan;

import java.util.Optional;
import java.util.function.Predicate;

/**
 * Asks a scanner for its version now and then, and tells when it is another one. While the scanner cannot be asked nothing
 * is told: that is for those to notice who want something scanned.
 *
 * <p>Who remembers clean files: a scan that was begun before the listener was called may be of the older definitions,
 * however late it ends, and must not be remembered after it.
 */
public final class VersionWatch implements AutoCloseable {
    /** An update is loaded some times a day; old answers hold at most so much longer. */
    public static final long PAUSE_MS = 5_000;

    private final Scanner scanner;
    private final Predicate<String> changed;
    private final long pauseMillis;
    private final Thread thread;
    private Optional<String> known;

    /**
     * Starts to ask.
     *
     * @param known the version that what is remembered depends on; empty: the first one that is told
     * @param changed gets the new version, in a thread of the watch, and gives whether it did what it has to; else it gets
     *     it again
     */
    public VersionWatch(Scanner scanner, Optional<String> known, long pauseMillis, Predicate<String> changed) {
        this.scanner = scanner;
        this.known = known;
        this.pauseMillis = pauseMillis;
        this.changed = changed;
        this.thread = new Thread(this::run, "version");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                look();
                Thread.sleep(pauseMillis);
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    private void look() throws InterruptedException {
        Optional<String> now;
        try {
            now = scanner.version();
        } catch (ScannerException e) {
            return;
        }
        if (now.isPresent() && !now.equals(known) && (known.isEmpty() || changed.test(now.get()))) {
            known = now;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
