// SPDX-License-Identifier: Apache-2.0
package fang.ctl.plan;

/** Hears how far a change is that may take long. */
public interface Progress {
    /** Tells nobody. */
    Progress NONE = new Progress() {
        @Override
        public void at(String what, int done, int all) {}
    };

    /**
     * One more is about to be done.
     *
     * @param what of these, such as {@code enabling groups}
     */
    void at(String what, int done, int all);
}
