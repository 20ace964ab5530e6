// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a group that covers {@code all} stands in configfs, which knows no such scope. A directory {@code all} without a
 * type, never enabled, says that the group wants it. Beside it, for each file system, stands a scope
 * {@code all-MAJOR-MINOR}; a second one of the same file system, while one replaces the other, has a number behind.
 * These names are reserved.
 */
public final class AllScope {
    /** The directory's name, and the word in profiles. */
    public static final String WORD = "all";

    private static final String PREFIX = WORD + "-";

    /** Compiled only when there is such a name: most groups have none. */
    private static final class Names {
        static final Pattern PATTERN = Pattern.compile(PREFIX + "([0-9]+)-([0-9]+)(-[0-9]+)?");
    }

    private AllScope() {}

    /**
     * The name of a file system's scope.
     *
     * @param device {@code MAJOR:MINOR}
     * @param number 1 for the first
     */
    public static String name(String device, int number) {
        return WORD + "-" + device.replace(':', '-') + (number == 1 ? "" : "-" + number);
    }

    /** The device whose scope has this name; absent if it is none of ours. */
    public static Optional<String> device(String name) {
        if (!name.startsWith(PREFIX)) {
            return Optional.empty();
        }
        Matcher matcher = Names.PATTERN.matcher(name);
        return matcher.matches() ? Optional.of(matcher.group(1) + ":" + matcher.group(2)) : Optional.empty();
    }
}
