// SPDX-License-Identifier: Apache-2.0
package fang.ctl.profile;

import fang.ctl.model.Problem;
import java.util.ArrayList;

/** What is wrong with profiles, as long as anybody would read it. */
final class Problems extends ArrayList<Problem> {
    private static final long serialVersionUID = 1;

    /** Nobody mends more at a time; without a bound a small hostile file would fill the memory. */
    static final int MAX = 1000;

    /** There are as many as that: reading ends. */
    static final class Enough extends RuntimeException {
        private static final long serialVersionUID = 1;

        Enough() {
            super(null, null, false, false);
        }
    }

    @Override
    public boolean add(Problem problem) {
        if (size() == MAX) {
            throw new Enough();
        }
        return super.add(problem);
    }
}
