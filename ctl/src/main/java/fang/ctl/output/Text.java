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
import fang.ctl.output.Table.Fit;
import fang.ctl.plan.Action;
import fang.ctl.plan.GroupPlan;
import fang.ctl.plan.Plan;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The shapes of text output. Everything that comes from outside is printable here. */
public final class Text {
    /** Scopes that a cell of a table shows before it counts the rest. */
    private static final int SCOPES_SHOWN = 2;

    private Text() {}

    /** {@code list}. */
    public static Table list(List<Group> groups) {
        Table table = Table.titled(
                "NAME",
                Fit.MIDDLE,
                "PRIORITY",
                Fit.WHOLE,
                "STATE",
                Fit.WHOLE,
                "MASK",
                Fit.END,
                "SCOPES",
                Fit.MIDDLE,
                "LISTENERS",
                Fit.WHOLE,
                "PENDING",
                Fit.WHOLE,
                "BY",
                Fit.MIDDLE);
        for (Group group : groups) {
            table.row(
                    group.name().text(),
                    dash(group.get(Attribute.PRIORITY)),
                    state(group),
                    dash(group.get(Attribute.MASK).replace(' ', ',')),
                    scopesCell(group),
                    Long.toString(group.listeners()),
                    Long.toString(group.pending()),
                    dash(Printable.of(group.label())));
        }
        return table;
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
    public static String show(Group group, Layout layout) {
        Table table = Table.of(Fit.WHOLE, Fit.MIDDLE);
        for (Attribute attribute : Attribute.values()) {
            if (group.attributes().containsKey(attribute)) {
                table.row("  " + attribute.key(), attribute.display(group.get(attribute)));
            }
        }
        table.row("  label", dash(Printable.of(group.label())));
        for (ScopeState state : group.scopes().named()) {
            table.row("  scope", state.isAll() ? all(group.scopes()) : scope(state));
        }
        if (group.scopes().states().isEmpty()) {
            table.row("  scope", "none, so it hears nothing");
        }
        for (ExemptionState state : group.exemptions()) {
            table.row("  exemption", exemption(state));
        }
        for (RuleState state : group.rules().ofActiveSet()) {
            String word = ruleState(state);
            table.row("  rule", state.text() + (word.equals("in force") ? "" : " (" + word + ")"));
        }
        table.row(
                "  fastpath",
                group.fastpath().count() + " of " + group.fastpath().max() + " entries");
        table.row("  pending", Long.toString(group.pending()));
        table.row("  queue_count", Long.toString(group.queueCount()));
        if (group.coalesces()) {
            table.row("  outstanding", Long.toString(group.outstanding()));
        }
        String head = group.name() + ": " + state(group) + ", " + listeners(group);
        return TextWidth.cutEnd(head, layout.columns()) + "\n" + table.text(layout);
    }

    /** {@code no listener yet}, {@code 1 listener}, {@code 2 listeners}. */
    public static String listeners(Group group) {
        return group.listeners() == 0
                ? "no listener yet"
                : group.listeners() + (group.listeners() == 1 ? " listener" : " listeners");
    }

    /** {@code scope list}: below all, the file systems that it stands for. */
    public static Table scopes(Scopes scopes) {
        Table table = Table.of(Fit.MIDDLE);
        for (ScopeState state : scopes.named()) {
            table.row(state.isAll() ? all(scopes) : scope(state));
            for (ScopeState one : state.isAll() ? scopes.ofAll() : List.<ScopeState>of()) {
                table.row("  " + scope(one));
            }
        }
        if (!scopes.hasAll()) {
            scopes.ofAll().forEach(state -> table.row(scope(state)));
        }
        return table;
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
    public static Table rules(RuleSet rules) {
        if (rules.all().isEmpty()) {
            return Table.of();
        }
        Table table = Table.titled(
                "ORDER", Fit.WHOLE, "NAME", Fit.MIDDLE, "STATE", Fit.WHOLE, "HITS", Fit.WHOLE, "RULE", Fit.MIDDLE);
        rules.ofActiveSet().forEach(state -> rule(table, state, ruleState(state)));
        rules.ofOtherSets().forEach(state -> rule(table, state, "set " + state.set()));
        return table;
    }

    private static void rule(Table table, RuleState state, String word) {
        table.row(Long.toString(state.order()), state.name(), word, Long.toUnsignedString(state.hits()), state.text());
    }

    private static String ruleState(RuleState state) {
        return !state.enabled() ? "disabled" : state.active() ? "in force" : "inactive";
    }

    /** {@code stats}: a counter a line, then {@code latency_us<1024}, how many waited for less, but not for half of it. */
    public static Table stats(Group group) {
        Table table = Table.of(Fit.END, Fit.WHOLE);
        group.stats().forEach((name, value) -> table.row(name, Long.toUnsignedString(value)));
        for (Waits waits : group.waits()) {
            table.row("latency_us<" + Long.toUnsignedString(waits.limitUs()), Long.toUnsignedString(waits.count()));
        }
        return table;
    }

    /** {@code status}. */
    public static Table status(List<Group> groups, Function<Group, List<String>> holes) {
        Table table = Table.titled(
                "NAME",
                Fit.MIDDLE,
                "STATE",
                Fit.WHOLE,
                "LISTENERS",
                Fit.WHOLE,
                "PENDING",
                Fit.WHOLE,
                "PROTECTS",
                Fit.END);
        for (Group group : groups) {
            String why = String.join(", ", holes.apply(group)).replace('_', ' ');
            String protects = group.enabled() && group.asks() ? "yes" : "-";
            table.row(
                    group.name().text(),
                    state(group),
                    Long.toString(group.listeners()),
                    Long.toString(group.pending()),
                    why.isEmpty() ? protects : Table.ALARM + why);
        }
        return table;
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
