// SPDX-License-Identifier: Apache-2.0
package fang.ctl.plan;

import java.util.Locale;

/** What becomes of a group. */
public enum Action {
    CREATED,
    UPDATED,
    REMOVED,
    UNCHANGED;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
