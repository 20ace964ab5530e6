// SPDX-License-Identifier: Apache-2.0
package fang.ctl.serve;

import static org.assertj.core.api.Assertions.assertThat;

import fang.ctl.sys.FileFacts;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecentTest {
    private final AtomicLong refused = new AtomicLong();
    private final Recent recent = new Recent(refused::get);

    private static FileFacts file(long dev, long ino) {
        return new FileFacts(0, 0, dev, ino);
    }

    @Test
    void aFileIsKnownByDeviceAndNumber() {
        recent.clean(file(1, 5), 20, 0);
        assertThat(recent.cleanUntil(file(1, 5), 0)).isEqualTo(20);
        assertThat(recent.cleanUntil(file(2, 5), 0)).isZero();
        assertThat(recent.cleanUntil(file(1, 6), 0)).isZero();
    }

    @Test
    void newRulesAndDefinitionsEndIt() {
        recent.clean(file(1, 5), 20, 0);
        assertThat(recent.cleanUntil(file(1, 5), 1)).isZero();
    }

    @Test
    void nothingIsKnownIfTheKernelMayHaveRefusedToRememberIt() {
        recent.clean(file(1, 5), 20, 0);
        refused.incrementAndGet();
        assertThat(recent.cleanUntil(file(1, 5), 0)).isZero();
        // From now on it is known what was refused so far.
        recent.clean(file(1, 6), 30, 0);
        assertThat(recent.cleanUntil(file(1, 6), 0)).isEqualTo(30);
        assertThat(recent.cleanUntil(file(1, 5), 0)).isZero();
        refused.set(-1);
        assertThat(recent.cleanUntil(file(1, 6), 0)).isZero();
        recent.clean(file(1, 7), 40, 0);
        assertThat(recent.cleanUntil(file(1, 7), 0)).isZero();
    }

    @Test
    void theLastThousandAreKept() {
        for (int ino = 0; ino < 1025; ino++) {
            recent.clean(file(1, ino), 20, 0);
        }
        assertThat(recent.cleanUntil(file(1, 0), 0)).isZero();
        assertThat(recent.cleanUntil(file(1, 1), 0)).isEqualTo(20);
    }
}
