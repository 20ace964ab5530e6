// SPDX-License-Identifier: Apache-2.0
package fang.ctl.serve;

/** Tells once that the scanner does not work, and once that it does again. */
final class Outage {
    /** A scanner that fails at every other file is told no more often. */
    private static final long PAUSE_NS = 10_000_000_000L;

    private final Log log;
    private long failed;
    private long toldNs;
    private boolean told;

    Outage(Log log) {
        this.log = log;
    }

    synchronized void failed(String why, String onError) {
        failed++;
        long now = System.nanoTime();
        if (!told && (toldNs == 0 || now - toldNs > PAUSE_NS)) {
            told = true;
            toldNs = now;
            log.problem("not scanned: " + why + "; on_error is " + onError);
        }
    }

    synchronized void over() {
        if (told) {
            told = false;
            log.note("scans again; " + failed + (failed == 1 ? " scan" : " scans") + " failed");
        }
        failed = 0;
    }
}
