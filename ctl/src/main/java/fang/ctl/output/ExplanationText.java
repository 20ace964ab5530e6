// SPDX-License-Identifier: Apache-2.0
package fang.ctl.output;

import fang.ctl.model.Explanation;
import fang.ctl.model.Explanation.Step;
import fang.ctl.model.ProfileRule;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What {@code explain} shows. */
public final class ExplanationText {
    private ExplanationText() {}

    /** A line for each group, and one for each rule that was tried. */
    public static String of(List<Explanation> explanations) {
        var text = new StringBuilder();
        explanations.forEach(explanation -> append(explanation, text));
        return text.toString();
    }

    private static void append(Explanation explanation, StringBuilder text) {
        text.append(explanation.group()).append(": ");
        if (!explanation.asked()) {
            text.append("not asked: ").append(explanation.why()).append('\n');
            return;
        }
        text.append(explanation.response().equals("ask") ? "a listener decides" : explanation.response())
                .append(explanation.decision().map(ExplanationText::remembered).orElse(""))
                .append(" by ")
                .append(decider(explanation));
        List<Step> doubts = explanation.doubts();
        if (!doubts.isEmpty()) {
            text.append(", unless ")
                    .append(doubts.stream()
                            .map(step -> name(step.rule()) + " matches (" + step.why() + ")")
                            .collect(Collectors.joining(" or ")));
        }
        text.append('\n');
        List<List<String>> rows = new ArrayList<>();
        for (Step step : explanation.steps()) {
            String why = step.why().isEmpty() ? "" : ": " + step.why();
            rows.add(List.of(
                    "  " + name(step.rule()), step.kernel() ? "kernel" : "serve", word(step), step.rule() + why));
        }
        int[] widths = new int[3];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                text.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            text.append(row.get(widths.length)).append('\n');
        }
    }

    private static String decider(Explanation explanation) {
        if (explanation.decision().isEmpty()) {
            return explanation.steps().isEmpty() ? "default, as there are no rules" : "default, as no rule matches";
        }
        ProfileRule rule = explanation.decision().get();
        String where = explanation.inKernel()
                ? ", in the kernel"
                : ", in serve" + rule.needsServe().map(why -> " (" + why + ")").orElse("");
        return name(rule) + where + (rule.reason().isEmpty() ? "" : ", reason: " + rule.reason());
    }

    private static String remembered(ProfileRule rule) {
        return rule.survive() ? ", remembered for ever," : rule.fastpath() && !rule.scan() ? ", remembered," : "";
    }

    private static String name(ProfileRule rule) {
        return "rules[" + rule.index() + "]";
    }

    /** As {@code yes}, {@code no} or {@code maybe}. */
    static String word(Step step) {
        return switch (step.matches()) {
            case YES -> "yes";
            case NO -> "no";
            case UNKNOWN -> "maybe";
        };
    }
}
