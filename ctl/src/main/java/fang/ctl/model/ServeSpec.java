// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What {@code serve} needs of a group's profile.
 *
 * @param all every rule of the group, the kernel's too
 */
public record ServeSpec(List<ProfileRule> all, Optional<Scanner> scanner) {
    public static final ServeSpec NONE = new ServeSpec(List.of(), Optional.empty());

    /**
     * Who decides what rules leave open: clamd or a command.
     *
     * @param clamd clamd's socket; null of a command
     * @param command a program by its absolute path, and its words; empty of clamd. The file is its descriptor 3, exit code
     *     0 allows, 1 denies, another is a failure
     * @param workers how many files are scanned at a time
     * @param limitMillis how long one scan may take
     * @param onError the response if the scanner fails; retry tries again until the request's time is over
     */
    public record Scanner(RawPath clamd, List<String> command, long workers, long limitMillis, String onError) {
        public static final ValueType WORKERS = new ValueType.Number(1, 64);
        public static final String WORKERS_DEFAULT = "4";
        public static final ValueType.Duration TIMEOUT = new ValueType.Duration(100, 600_000);
        /** Longer than any ordinary file takes, shorter than a request with its default extensions lives. */
        public static final String TIMEOUT_DEFAULT = "30000";

        public static final ValueType ON_ERROR = new ValueType.Word(List.of("allow", "deny", "retry"));
        public static final String ON_ERROR_DEFAULT = "allow";

        public Scanner {
            command = List.copyOf(command);
        }

        public boolean isClamd() {
            return clamd != null;
        }
    }

    public ServeSpec {
        all = List.copyOf(all);
    }

    /** How many rules, from the first on, are the kernel's. */
    public int kernelRules() {
        int first = 0;
        while (first < all.size() && all.get(first).needsServe().isEmpty()) {
            first++;
        }
        return first;
    }

    /** The rules from the first one on that the kernel cannot hold. */
    public List<ProfileRule> rules() {
        return all.subList(kernelRules(), all.size());
    }

    /**
     * Those that serve goes by. Of the kernel's, the ones that leave it to a listener: what matches them matches none that
     * stands behind.
     */
    public List<ProfileRule> decidable() {
        List<ProfileRule> rules = new ArrayList<>();
        int kernel = isEmpty() ? all.size() + 1 : kernelRules();
        for (int i = 0; kernel <= all.size() && i < all.size(); i++) {
            if (i >= kernel || all.get(i).rule().respond().equals("ask")) {
                rules.add(all.get(i));
            }
        }
        return rules;
    }

    /** As text, which differs wherever another file may be found clean. */
    public String text() {
        var text = new StringBuilder();
        for (ProfileRule rule : all) {
            text.append(rule)
                    .append(rule.fastpath() ? " fastpath" : "")
                    .append(rule.survive() ? " survive" : "")
                    .append('\n');
        }
        scanner.ifPresent(those -> text.append("scanner ").append(those).append('\n'));
        return text.toString();
    }

    /** Whether there is anything for {@code serve} to decide by. */
    public boolean isEmpty() {
        return scanner.isEmpty() && rules().isEmpty();
    }
}
