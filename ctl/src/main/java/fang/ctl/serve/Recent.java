// SPDX-License-Identifier: Apache-2.0
package fang.ctl.serve;

import fang.ctl.sys.FileFacts;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Files that were found clean a moment ago. A request that was raised before that, and read after it, needs no scan of its
 * own: an entry of the fastpath was made between the two, so the file had not changed by then. Whether one was made is
 * told by a counter of the kernel's, which is read only if somebody asks here. Guarded by itself.
 */
final class Recent {
    /** More than are opened at a time, and not read yet: those that do not fit are scanned again. */
    private static final int FILES_MAX = 1024;

    private record File(long dev, long ino) {}

    /**
     * @param timeNs when, as events tell it
     * @param epoch by which rules and definitions
     * @param refused entries that had been refused for certain by then
     */
    private record Found(long timeNs, long epoch, long refused) {}

    private final Map<File, Found> files = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<File, Found> eldest) {
            return size() > FILES_MAX;
        }
    };
    private final LongSupplier refusals;
    private long refused;

    /** @param refusals how many entries the kernel refused to remember so far; negative if nobody knows */
    Recent(LongSupplier refusals) {
        this.refusals = refusals;
        this.refused = refusals.getAsLong();
    }

    /**
     * A response was taken that allows it, and wants it remembered.
     *
     * @param timeNs before the response
     */
    synchronized void clean(FileFacts facts, long timeNs, long epoch) {
        File file = new File(facts.dev(), facts.ino());
        files.remove(file);
        files.put(file, new Found(timeNs, epoch, refused));
    }

    /** Until when it was clean for certain, as events tell it; 0 if that is not known. */
    synchronized long cleanUntil(FileFacts facts, long epoch) {
        Found found = files.get(new File(facts.dev(), facts.ino()));
        if (found == null || found.epoch() != epoch) {
            return 0;
        }
        long now = refusals.getAsLong();
        boolean made = now >= 0 && now == found.refused();
        refused = now;
        return made ? found.timeNs() : 0;
    }
}
