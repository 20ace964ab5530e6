// SPDX-License-Identifier: Apache-2.0
package fang.ctl.serve;

import java.util.concurrent.atomic.LongAdder;

/** What was done since the start. */
public final class Counters {
    /** Responses. */
    public final LongAdder allowed = new LongAdder();

    public final LongAdder denied = new LongAdder();
    /** Files that a scanner gave a result about. */
    public final LongAdder scanned = new LongAdder();
    /** Requests that needed no scan of their own, as one of the same file was under way. */
    public final LongAdder joined = new LongAdder();

    public final LongAdder failed = new LongAdder();
    /** Requests left to their time-out, as too many waited for the scanner. */
    public final LongAdder overloaded = new LongAdder();

    public final LongAdder moreTime = new LongAdder();
    public final LongAdder notifications = new LongAdder();

    /** In one line. */
    @Override
    public String toString() {
        return allowed + " allowed, " + denied + " denied, " + scanned + " scanned, " + joined + " joined, " + failed
                + " failed, " + overloaded + " overloaded, " + moreTime + " extended";
    }
}
