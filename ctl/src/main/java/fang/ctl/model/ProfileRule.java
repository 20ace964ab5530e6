// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A rule as a profile has it. The kernel knows neither globs nor scanners, and remembers nothing by a rule: such a rule,
 * and all that stand after the first such one, are for {@code serve}, so that their order keeps its meaning.
 *
 * @param index its place in the list, from 0
 * @param rule what the kernel can express; {@code ask} if the response is {@code scan}
 * @param more conditions that the kernel does not know
 * @param scan whether a scanner decides
 * @param fastpath whether what it allows, or finds clean, is remembered
 * @param survive whether that outlives changes of the file
 * @param reason a remark, empty if there is none
 */
public record ProfileRule(
        int index, Rule rule, ServeConditions more, boolean scan, boolean fastpath, boolean survive, String reason) {
    /** Why the kernel cannot hold it; empty if it can. */
    public Optional<String> needsServe() {
        String why = more.why();
        return Optional.ofNullable(
                why != null ? why : scan ? "scan asks a scanner" : fastpath ? "fastpath remembers files" : null);
    }

    /** Words of {@code report}: what serve has to be told to compare it. */
    public List<String> needsReported() {
        List<String> words = new ArrayList<>();
        if (more.path() != null) {
            words.add("path");
        }
        if (more.comm() != null) {
            words.add("comm");
        }
        for (Condition condition : rule.conditions()) {
            switch (condition.type()) {
                case SUBTREE -> words.add("path");
                case EXE -> words.add("exe");
                case CGROUP -> words.add("cgroup");
                default -> {}
            }
        }
        return words;
    }

    public boolean isDeny() {
        return !scan && rule.respond().equals("deny");
    }

    /** As it would be typed: {@code deny subtree=/srv/share path=/srv/*.exe}. */
    @Override
    public String toString() {
        String conditions = rule.toString().substring(rule.respond().length());
        String others = more.toString();
        return (scan ? "scan" : rule.respond()) + conditions + (others.isEmpty() ? "" : " " + others);
    }
}
