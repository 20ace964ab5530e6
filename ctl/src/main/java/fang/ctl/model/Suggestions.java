// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.Collection;

/** Finds the word that was probably meant. */
public final class Suggestions {
    private Suggestions() {}

    /** {@code  (did you mean "x"?)} with a blank before it, or nothing if no candidate is near. */
    public static String hint(String word, Collection<String> candidates) {
        String best = closest(word, candidates);
        return best == null ? "" : " (did you mean \"" + best + "\"?)";
    }

    /** The candidate with the fewest edits, at most one to three by the word's length; null if none is near. */
    public static String closest(String word, Collection<String> candidates) {
        String best = null;
        int limit = word.length() < 3 ? 0 : word.length() <= 4 ? 1 : word.length() <= 8 ? 2 : 3;
        for (String candidate : candidates) {
            int distance = distance(word, candidate, limit);
            if (distance <= limit) {
                best = candidate;
                limit = distance - 1;
            }
        }
        return best;
    }

    /** Insertions, deletions, replacements and swaps of neighbours; words of very different length are far apart. */
    private static int distance(String a, String b, int limit) {
        if (Math.abs(a.length() - b.length()) > limit) {
            return limit + 1;
        }
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int replace = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + replace);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
