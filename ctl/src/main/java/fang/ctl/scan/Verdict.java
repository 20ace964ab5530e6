// SPDX-License-Identifier: Apache-2.0
package fang.ctl.scan;

/**
 * What a scanner found.
 *
 * @param reason why the file is refused, such as the name of what is in it; empty of a clean one
 */
public record Verdict(boolean clean, String reason) {
    public static final Verdict CLEAN = new Verdict(true, "");
}
