// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

/**
 * Which build of the module.
 *
 * @param version of the package it came with; empty if it does not tell
 * @param srcversion a checksum of its sources; empty if it does not tell
 */
public record ModuleBuild(String version, String srcversion) {
    /** Whether it tells enough to be compared with another. */
    public boolean isKnown() {
        return !version.isEmpty() && !srcversion.isEmpty();
    }

    /** The version; with the checksum where that of the other is the same. */
    public String text(ModuleBuild other) {
        if (!isKnown()) {
            return "an unknown build";
        }
        return version.equals(other.version) ? version + " (" + srcversion + ")" : version;
    }
}
