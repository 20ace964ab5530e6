// SPDX-License-Identifier: Apache-2.0
package fang.ctl.serve;

import java.util.ArrayList;
import java.util.List;

/**
 * One file that has to be looked at, and all who wait for it. Those who came before it was begun are answered by what is
 * found; of those who came later the kernel lets go whose file is remembered meanwhile, and the others are looked at once
 * more. Guarded by {@link Jobs}.
 */
final class Job {
    /** An inode. */
    record Key(long dev, long ino) {}

    final Key key;
    final List<Request> waiting = new ArrayList<>();
    final List<Request> late = new ArrayList<>();
    /** 0: not begun. */
    long begunNs;

    Job(Key key) {
        this.key = key;
    }
}
