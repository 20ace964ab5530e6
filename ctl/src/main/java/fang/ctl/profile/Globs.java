// SPDX-License-Identifier: Apache-2.0
package fang.ctl.profile;

import fang.ctl.model.Scope;
import java.nio.file.FileSystems;

/** Patterns of paths, checked as far as text can be. */
final class Globs {
    /** To match takes time that grows with this power of a path's length; four is what people write. */
    private static final int STARS_MAX = 8;

    private Globs() {}

    /**
     * The pattern itself.
     *
     * @throws IllegalArgumentException if it is no absolute glob
     */
    static String check(String text) {
        Scope.absolute(text);
        FileSystems.getDefault().getPathMatcher("glob:" + text);
        if (text.replaceAll("\\*+", "*").chars().filter(c -> c == '*').count() > STARS_MAX) {
            throw new IllegalArgumentException("more than " + STARS_MAX + " times * or **");
        }
        return text;
    }
}
