// SPDX-License-Identifier: Apache-2.0
package fang.ctl.output;

import fang.ctl.model.Attribute;
import fang.ctl.model.ExemptionState;
import fang.ctl.model.Group;
import fang.ctl.model.Printable;
import fang.ctl.model.RuleSet;
import fang.ctl.model.RuleState;
import fang.ctl.model.Scope;
import fang.ctl.model.ScopeState;
import fang.ctl.model.Scopes;
import fang.ctl.model.Waits;
import fang.ctl.plan.Action;
import fang.ctl.plan.GroupPlan;
import fang.ctl.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The shapes of text output. Everything that comes from outside is printable here. */
public final class Text {
    /** Scopes that a cell of a table shows before it counts the rest. */
    private static final int SCOPES_SHOWN = 2;

    private Text() {}

    /** Columns as wide as their widest cell, two blanks between, none at the end. */
    public static String table(List<List<String>> rows) {
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(
                        widths[i], row.get(i).codePointCount(0, row.get(i).length()));
            }
        }
        var text = new StringBuilder();
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                String cell = row.get(i);
                text.append(cell);
                if (i < widths.length - 1) {
                    text.append(" ".repeat(widths[i] + 2 - cell.codePointCount(0, cell.length())));
                }
            }
            text.append('\n');
        }
        return text.toString();
    }

    /** {@code list}. */
    public static String list(List<Group> groups) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("NAME", "PRIORITY", "STATE", "MASK", "SCOPES", "LISTENERS", "PENDING", "BY"));
        for (Group group : groups) {
            rows.add(List.of(
                    group.name().text(),
                    dash(group.get(Attribute.PRIORITY)),
                    state(group),
                    dash(group.get(Attribute.MASK).replace(' ', ',')),
                    scopesCell(group),
                    Long.toString(group.listeners()),
                    Long.toString(group.pending()),
                    dash(Printable.of(group.label()))));
        }
        return table(rows);
    }

    private static String scopesCell(Group group) {
        List<Scope> scopes = group.definedScopes();
        String shown = scopes.stream()
                .limit(SCOPES_SHOWN)
                .map(scope -> scope.isAll()
                        ? all(group.scopes())
                        : scope.type().word() + "=" + scope.path().display())
                .collect(Collectors.joining(","));
        return dash(scopes.size() > SCOPES_SHOWN ? shown + ",+" + (scopes.size() - SCOPES_SHOWN) : shown);
    }

    private static String dash(String cell) {
        return cell.isEmpty() ? "-" : cell;
    }

    /** {@code show}: the summary, then one line for each attribute, scope and the fastpath. */
    public static String show(Group group) {
        List<List<String>> rows = new ArrayList<>();
        for (Attribute attribute : Attribute.values()) {
            if (group.attributes().containsKey(attribute)) {
                rows.add(List.of("  " + attribute.key(), attribute.display(group.get(attribute))));
            }
        }
        rows.add(List.of("  label", dash(Printable.of(group.label()))));
        for (ScopeState state : group.scopes().named()) {
            rows.add(List.of("  scope", state.isAll() ? all(group.scopes()) : scope(state)));
        }
        if (group.scopes().states().isEmpty()) {
            rows.add(List.of("  scope", "none, so it hears nothing"));
        }
        for (ExemptionState state : group.exemptions()) {
            rows.add(List.of("  exemption", exemption(state)));
        }
        for (RuleState state : group.rules().ofActiveSet()) {
            String word = ruleState(state);
            rows.add(List.of("  rule", state.text() + (word.equals("in force") ? "" : " (" + word + ")")));
        }
        rows.add(List.of(
                "  fastpath",
                group.fastpath().count() + " of " + group.fastpath().max() + " entries"));
        rows.add(List.of("  pending", Long.toString(group.pending())));
        if (group.coalesces()) {
            rows.add(List.of("  outstanding", Long.toString(group.outstanding())));
        }
        return group.name() + ": " + state(group) + ", " + listeners(group) + "\n" + table(rows);
    }

    /** {@code no listener yet}, {@code 1 listener}, {@code 2 listeners}. */
    public static String listeners(Group group) {
        return group.listeners() == 0
                ? "no listener yet"
                : group.listeners() + (group.listeners() == 1 ? " listener" : " listeners");
    }

    /** {@code scope list}: below all, the file systems that it stands for. */
    public static String scopes(Scopes scopes) {
        var text = new StringBuilder();
        for (ScopeState state : scopes.named()) {
            text.append(state.isAll() ? all(scopes) : scope(state)).append('\n');
            for (ScopeState one : state.isAll() ? scopes.ofAll() : List.<ScopeState>of()) {
                text.append("  ").append(scope(one)).append('\n');
            }
        }
        if (!scopes.hasAll()) {
            scopes.ofAll().forEach(state -> text.append(scope(state)).append('\n'));
        }
        return text.toString();
    }

    /** {@code all (3 file systems, 1 inactive)}. */
    public static String all(Scopes scopes) {
        List<ScopeState> states = scopes.ofAll();
        long inactive = states.stream().filter(state -> !state.active()).count();
        return Scope.ALL + " (" + states.size() + (states.size() == 1 ? " file system" : " file systems")
                + (inactive > 0 ? ", " + inactive + " inactive" : "") + ")";
    }

    /** A scope and what is not as it should be with it. */
    public static String scope(ScopeState state) {
        String text = state.scope().map(Scope::toString).orElse("incomplete (" + state.name() + ")");
        return text + (!state.enabled() ? " (disabled)" : !state.active() ? " (inactive)" : "");
    }

    /** An exemption and what is not as it should be with it. */
    public static String exemption(ExemptionState state) {
        return state.text() + (!state.enabled() ? " (disabled)" : !state.active() ? " (inactive)" : "");
    }

    /** {@code rule list}: those of the active set in their order, then those of others. */
    public static String rules(RuleSet rules) {
        if (rules.all().isEmpty()) {
            return "";
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("ORDER", "NAME", "STATE", "HITS", "RULE"));
        rules.ofActiveSet().forEach(state -> rows.add(ruleRow(state, ruleState(state))));
        rules.ofOtherSets().forEach(state -> rows.add(ruleRow(state, "set " + state.set())));
        return table(rows);
    }

    private static List<String> ruleRow(RuleState state, String word) {
        String order = Long.toString(state.order());
        return List.of(order, state.name(), word, Long.toUnsignedString(state.hits()), state.text());
    }

    private static String ruleState(RuleState state) {
        return !state.enabled() ? "disabled" : state.active() ? "in force" : "inactive";
    }

    /** {@code stats}: a counter a line, then {@code latency_us<1024}, how many waited for less, but not for half of it. */
    public static String stats(Group group) {
        List<List<String>> rows = new ArrayList<>();
        group.stats().forEach((name, value) -> rows.add(List.of(name, Long.toUnsignedString(value))));
        for (Waits waits : group.waits()) {
            rows.add(List.of(
                    "latency_us<" + Long.toUnsignedString(waits.limitUs()), Long.toUnsignedString(waits.count())));
        }
        return rows.isEmpty() ? "" : table(rows);
    }

    /** {@code status}. */
    public static String status(List<Group> groups, Function<Group, List<String>> holes) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("NAME", "STATE", "LISTENERS", "PENDING", "PROTECTS"));
        for (Group group : groups) {
            String why = String.join(", ", holes.apply(group)).replace('_', ' ');
            String protects = group.enabled() && group.asks() ? "yes" : "-";
            rows.add(List.of(
                    group.name().text(),
                    state(group),
                    Long.toString(group.listeners()),
                    Long.toString(group.pending()),
                    why.isEmpty() ? protects : "NO: " + why));
        }
        return table(rows);
    }

    private static String state(Group group) {
        return group.state() + (group.enabled() && group.degraded() ? ", degraded" : "");
    }

    /** {@code created antivirus (enabled; open_access; subtree /srv/share)}, {@code updated idx (timeout 5s -> 10s)}. */
    public static String groupPlan(GroupPlan plan, boolean done) {
        String verb = done
                ? plan.action().word()
                : switch (plan.action()) {
                    case CREATED -> "would create";
                    case UPDATED -> "would update";
                    case REMOVED -> "would remove";
                    case UNCHANGED -> "unchanged";
                };
        String detail = plan.action() == Action.CREATED
                ? " (" + created(plan) + ")"
                : plan.action() == Action.UPDATED ? " (" + joined("; ", plan.changes()) + ")" : "";
        return verb + " " + plan.name() + detail;
    }

    private static String created(GroupPlan plan) {
        String state = plan.staged() ? "staged" : plan.enabledAfter() ? "enabled" : "disabled";
        if (plan.scopesAfter().isEmpty()) {
            return state + ", no scope";
        }
        return state + "; " + plan.after(Attribute.MASK) + "; " + joined(", ", plan.scopesAfter());
    }

    private static String joined(String between, List<?> items) {
        var text = new StringBuilder();
        for (Object item : items) {
            text.append(text.isEmpty() ? "" : between).append(item);
        }
        return text.toString();
    }

    /** {@code 1 created, 0 updated, 0 removed, 0 unchanged}. */
    public static String summary(Plan plan) {
        var text = new StringBuilder();
        for (Action action : Action.values()) {
            text.append(text.isEmpty() ? "" : ", ")
                    .append(plan.count(action))
                    .append(' ')
                    .append(action.word());
        }
        return text.toString();
    }
}
