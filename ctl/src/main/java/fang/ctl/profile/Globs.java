// SPDX-License-Identifier: Apache-2.0
package fang.ctl.profile;

import fang.ctl.model.Scope;
import java.nio.file.FileSystems;

/** Patterns of paths, checked as far as text can be. */
final class Globs {
    /** To match takes time that grows with this power of a path's length; one to three is what people write. */
    private static final int STARS_MAX = 8;

    private static final String WILDCARDS = "*?[{";

    private Globs() {}

    /**
     * The pattern itself.
     *
     * @throws IllegalArgumentException if it is no absolute glob
     */
    static String check(String text) {
        Scope.absolute(text);
        if (text.indexOf('\\') >= 0 && text.chars().anyMatch(c -> WILDCARDS.indexOf(c) >= 0)) {
            // To the matcher a backslash means something else; a ? stands for any one character.
            throw new IllegalArgumentException(
                    "a pattern takes no \\ooo; write ? for a character that cannot be typed");
        }
        FileSystems.getDefault().getPathMatcher("glob:" + text);
        if (text.replaceAll("\\*+", "*").chars().filter(c -> c == '*').count() > STARS_MAX) {
            throw new IllegalArgumentException("more than " + STARS_MAX + " times * or **");
        }
        return text;
    }
}
