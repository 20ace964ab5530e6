// SPDX-License-Identifier: Apache-2.0
package fang.ctl.output;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Two texts, line by line, in the form that {@code diff -u} has. */
public final class UnifiedDiff {
    private static final int CONTEXT = 3;

    /** Beyond that many comparisons all lines count as changed: the table would fill the memory. */
    private static final long CELLS_MAX = 4_000_000;

    private UnifiedDiff() {}

    /** Empty if they are the same. */
    public static String of(String oldName, String newName, List<String> before, List<String> after) {
        List<String> script = script(before, after);
        if (script.stream().allMatch(line -> line.startsWith(" "))) {
            return "";
        }
        var text = new StringBuilder("--- " + oldName + "\n+++ " + newName + "\n");
        int end = 0;
        for (int at = 0; at < script.size(); at++) {
            if (at >= end && !script.get(at).startsWith(" ")) {
                int start = Math.max(end, at - CONTEXT);
                end = hunkEnd(script, at);
                hunk(script, start, end, text);
            }
        }
        return text.toString();
    }

    /** Where so many lines are the same that the next change gets a hunk of its own. */
    private static int hunkEnd(List<String> script, int at) {
        int last = at;
        for (int i = at; i < script.size() && i - last <= 2 * CONTEXT; i++) {
            last = script.get(i).startsWith(" ") ? last : i;
        }
        return Math.min(script.size(), last + 1 + CONTEXT);
    }

    private static void hunk(List<String> script, int start, int end, StringBuilder text) {
        List<String> lines = script.subList(start, end);
        text.append("@@ -").append(range(script.subList(0, start), lines, '+'));
        text.append(" +").append(range(script.subList(0, start), lines, '-')).append(" @@\n");
        lines.forEach(line -> text.append(line).append('\n'));
    }

    private static String range(List<String> before, List<String> lines, char foreign) {
        long skipped = before.stream().filter(line -> line.charAt(0) != foreign).count();
        long length = lines.stream().filter(line -> line.charAt(0) != foreign).count();
        return (length == 0 ? skipped : skipped + 1) + (length == 1 ? "" : "," + length);
    }

    /** Each line of either with a blank, minus or plus before it, so that the most lines stay. */
    private static List<String> script(List<String> before, List<String> after) {
        List<String> script = new ArrayList<>();
        int[][] common = common(before, after);
        int i = 0;
        int j = 0;
        while (i < before.size() || j < after.size()) {
            if (i < before.size() && j < after.size() && before.get(i).equals(after.get(j))) {
                script.add(" " + before.get(i++));
                j++;
            } else if (i < before.size() && (j == after.size() || common[i + 1][j] >= common[i][j + 1])) {
                script.add("-" + before.get(i++));
            } else {
                script.add("+" + after.get(j++));
            }
        }
        return script;
    }

    /** The length of the longest common subsequence of what follows either place. */
    private static int[][] common(List<String> before, List<String> after) {
        boolean large = (long) before.size() * after.size() > CELLS_MAX;
        int[][] common = new int[before.size() + 1][large ? 0 : after.size() + 1];
        if (large) {
            Arrays.fill(common, new int[after.size() + 1]);
            return common;
        }
        for (int i = before.size() - 1; i >= 0; i--) {
            for (int j = after.size() - 1; j >= 0; j--) {
                common[i][j] = before.get(i).equals(after.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        return common;
    }
}
