// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.List;
import java.util.Optional;

/**
 * What of a group's profile is for {@code serve} and not for the kernel.
 *
 * @param rules from the first one on that the kernel cannot hold
 */
public record ServeSpec(List<ProfileRule> rules, Optional<Scanner> scanner) {
    public static final ServeSpec NONE = new ServeSpec(List.of(), Optional.empty());

    /**
     * Who decides what rules leave open.
     *
     * @param clamd clamd's socket
     * @param workers how many files are scanned at a time
     * @param onError the response if the scanner fails
     */
    public record Scanner(RawPath clamd, long workers, String onError) {
        public static final ValueType WORKERS = new ValueType.Number(1, 64);
        public static final String WORKERS_DEFAULT = "4";
        public static final ValueType ON_ERROR = new ValueType.Word(List.of("allow", "deny"));
        public static final String ON_ERROR_DEFAULT = "allow";
    }

    /** The rules from the first one on that the kernel cannot hold. */
    public static List<ProfileRule> tail(List<ProfileRule> rules) {
        int first = 0;
        while (first < rules.size() && rules.get(first).needsServe().isEmpty()) {
            first++;
        }
        return List.copyOf(rules.subList(first, rules.size()));
    }
}
