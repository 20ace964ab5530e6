// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.Optional;

/**
 * A rule as a profile has it. The kernel knows neither globs nor scanners, and remembers nothing by a rule: such a rule,
 * and all that stand after the first such one, are for {@code serve}, so that their order keeps its meaning.
 *
 * @param index its place in the list, from 0
 * @param rule what the kernel can express; {@code ask} if the response is {@code scan}
 * @param path a glob that the file's path must match; null if there is none
 * @param scan whether a scanner decides
 * @param fastpath whether what it allows is remembered
 * @param reason a remark, empty if there is none
 */
public record ProfileRule(int index, Rule rule, String path, boolean scan, boolean fastpath, String reason) {
    /** Why the kernel cannot hold it; empty if it can. */
    public Optional<String> needsServe() {
        return Optional.ofNullable(
                path != null
                        ? "path is a glob"
                        : scan ? "scan asks a scanner" : fastpath ? "fastpath remembers files" : null);
    }

    public boolean isDeny() {
        return !scan && rule.respond().equals("deny");
    }
}
