// SPDX-License-Identifier: Apache-2.0
package fang.ctl.scan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class VersionWatchTest {
    private static final long LIMIT_S = 30;

    /** Tells these versions one after the other, a failure for each "-", nothing for "", and the last for ever. */
    private static final class Versions implements Scanner {
        private final List<String> versions;
        private final CountDownLatch toldAll;
        private int next;

        Versions(String... versions) {
            this.versions = List.of(versions);
            // The last one twice: once it is asked again, what came of the first time is done.
            this.toldAll = new CountDownLatch(versions.length + 1);
        }

        @Override
        public Verdict scan(int file, long limitMillis) {
            throw new UnsupportedOperationException();
        }

        @Override
        public synchronized Optional<String> version() throws ScannerException {
            String version = versions.get(Math.min(next++, versions.size() - 1));
            toldAll.countDown();
            if (version.equals("-")) {
                throw new ScannerException("gone");
            }
            return version.isEmpty() ? Optional.empty() : Optional.of(version);
        }

        @Override
        public void close() {}
    }

    private static List<String> changes(Optional<String> known, String... versions) throws Exception {
        return changes(false, known, versions);
    }

    private static List<String> changes(boolean isBusyAtFirst, Optional<String> known, String... versions)
            throws Exception {
        var scanner = new Versions(versions);
        var changes = new LinkedBlockingQueue<String>();
        // The listener is busy when it is told the first time.
        var busy = new AtomicBoolean(isBusyAtFirst);
        var watch = new VersionWatch(scanner, known, 1, version -> changes.add(version) && !busy.getAndSet(false));
        assertThat(scanner.toldAll.await(LIMIT_S, TimeUnit.SECONDS)).isTrue();
        watch.close();
        return List.copyOf(changes);
    }

    @Test
    void aNewVersionIsToldOnce() throws Exception {
        assertThat(changes(Optional.empty(), "1", "1", "2", "2", "3")).containsExactly("2", "3");
    }

    @Test
    void anOutageIsNoChangeButWhatComesAfterItMayBe() throws Exception {
        assertThat(changes(Optional.empty(), "1", "-", "-", "1")).isEmpty();
        assertThat(changes(Optional.empty(), "1", "-", "2")).containsExactly("2");
        assertThat(changes(Optional.empty(), "-", "1")).isEmpty();
    }

    @Test
    void whatWasKnownBeforeCounts() throws Exception {
        assertThat(changes(Optional.of("0"), "1", "1")).containsExactly("1");
        assertThat(changes(Optional.of("1"), "1")).isEmpty();
    }

    @Test
    void whatWasNotDoneIsToldAgain() throws Exception {
        assertThat(changes(true, Optional.of("0"), "1", "1", "1")).containsExactly("1", "1");
        assertThat(changes(true, Optional.of("0"), "1", "-", "1", "1")).containsExactly("1", "1");
    }

    @Test
    void noVersionIsNoChange() throws Exception {
        assertThat(changes(Optional.of("1"), "", "")).isEmpty();
    }
}
