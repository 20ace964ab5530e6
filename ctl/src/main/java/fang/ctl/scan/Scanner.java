// SPDX-License-Identifier: Apache-2.0
package fang.ctl.scan;

import java.util.Optional;

/** Looks into one open file. Any number of threads may call at once. */
public interface Scanner extends AutoCloseable {
    /**
     * Whether the file may be opened.
     *
     * @param file an open, readable descriptor at its start, which the caller closes
     * @param limitMillis more than 0
     * @throws ScannerException not reachable, failed, or out of time
     * @throws InterruptedException this thread was told to end
     */
    Verdict scan(int file, long limitMillis) throws ScannerException, InterruptedException;

    /**
     * What results depend on: once it is another, what was found clean before has to be scanned again. Empty if nobody
     * knows.
     */
    Optional<String> version() throws ScannerException, InterruptedException;

    /** Ends connections and processes. Scans that are under way may fail. */
    @Override
    void close();
}
