// SPDX-License-Identifier: Apache-2.0
package fang.ctl.profile;

import fang.ctl.model.Attribute;
import fang.ctl.model.Condition;
import fang.ctl.model.Group;
import fang.ctl.model.GroupSpec;
import fang.ctl.model.Rule;
import fang.ctl.model.RuleSpec;
import fang.ctl.model.Scope;
import fang.ctl.model.ServeSpec;
import fang.ctl.model.ValueType;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Writes groups as a profile that, applied, changes nothing. What has its default is left out. The shape is fixed and
 * the scalars are plain words, numbers and quoted paths, so no YAML library is needed.
 */
public final class ProfileWriter {
    private static final List<String> AMBIGUOUS_NAMES =
            List.of("true", "false", "null", "yes", "no", "on", "off", "y", "n");

    private ProfileWriter() {}

    /** The whole document. */
    public static String write(List<Group> groups) {
        var text = new StringBuilder("version: 1\n");
        text.append(groups.isEmpty() ? "groups: {}\n" : "groups:\n");
        groups.forEach(group -> write(spec(group), text));
        return text.toString();
    }

    /** One group, below its name: what the document has of it. */
    public static String write(GroupSpec group) {
        var text = new StringBuilder();
        write(group, text);
        return text.toString();
    }

    /** What is in force of a group, as a profile that says it would be read. */
    public static GroupSpec spec(Group group) {
        List<Scope> scopes = group.scopes().named().stream()
                .filter(state -> state.enabled() || state.isAll())
                .flatMap(state -> state.scope().stream())
                .distinct()
                .toList();
        List<Condition> exemptions = group.exemptions().stream()
                .filter(state -> state.enabled() && !state.isOfProcess())
                .flatMap(state -> state.condition().stream())
                .distinct()
                .toList();
        List<RuleSpec> rules = group.rules().inForce().stream()
                .map(rule -> new RuleSpec(rule, ""))
                .toList();
        return new GroupSpec(
                group.name(),
                group.attributes(),
                Optional.of(group.enabled()),
                Optional.of(scopes),
                Optional.of(exemptions),
                Optional.of(rules),
                Optional.of(group.fastpath().max()),
                List.of(),
                ServeSpec.NONE);
    }

    private static void write(GroupSpec group, StringBuilder text) {
        text.append("  ").append(name(group.name().text())).append(":\n");
        int start = text.length();
        if (!group.wantsEnabled()) {
            line(text, "enabled", "false");
        }
        for (Attribute attribute : Attribute.values()) {
            String value = group.attributes().get(attribute);
            if (value != null && !value.equals(attribute.defaultValue())) {
                line(text, attribute.key(), value(attribute, value));
            }
        }
        List<Scope> scopes = group.scopes().orElse(List.of());
        text.append(scopes.isEmpty() ? "" : "    scopes:\n");
        for (Scope scope : scopes) {
            text.append("      - ").append(scope.isAll() ? "all" : pair(scope)).append('\n');
        }
        writeItems(group, text);
        long max = group.fastpathMax().orElse(GroupSpec.FASTPATH_MAX_DEFAULT);
        if (max != GroupSpec.FASTPATH_MAX_DEFAULT) {
            line(text, "fastpath", "{max: " + max + "}");
        }
        if (text.length() == start) {
            text.insert(start - 1, " {}");
        }
    }

    private static void writeItems(GroupSpec group, StringBuilder text) {
        List<Condition> exemptions = group.exemptions().orElse(List.of());
        text.append(exemptions.isEmpty() ? "" : "    exemptions:\n");
        for (Condition condition : exemptions) {
            text.append("      - {").append(pair(condition)).append("}\n");
        }
        List<RuleSpec> rules = group.rules().orElse(List.of());
        text.append(rules.isEmpty() ? "" : "    rules:\n");
        for (RuleSpec spec : rules) {
            Rule rule = spec.rule();
            text.append("      - {");
            rule.conditions().forEach(condition -> text.append(pair(condition)).append(", "));
            if (!rule.kinds().isEmpty()) {
                text.append("kinds: [").append(rule.kinds().replace(" ", ", ")).append("], ");
            }
            text.append("respond: ").append(rule.respond()).append("}\n");
        }
    }

    private static String pair(Scope scope) {
        return "{" + scope.type().word() + ": " + quoted(scope.path().display()) + "}";
    }

    private static String pair(Condition condition) {
        return condition.type().word() + ": " + quoted(condition.value().display());
    }

    private static void line(StringBuilder text, String key, String value) {
        text.append("    ").append(key).append(": ").append(value).append('\n');
    }

    private static String value(Attribute attribute, String canonical) {
        return attribute.type() instanceof ValueType.Words
                ? "[" + canonical.replace(" ", ", ") + "]"
                : attribute.type().format(canonical);
    }

    /** Paths are printable here, see RawPath.display: a quote is all that needs care. */
    private static String quoted(String path) {
        return path.matches("[A-Za-z0-9/._+-]+") ? path : "'" + path.replace("'", "''") + "'";
    }

    private static String name(String name) {
        boolean plain = Character.isLetter(name.charAt(0)) && !AMBIGUOUS_NAMES.contains(name.toLowerCase(Locale.ROOT));
        return plain ? name : "'" + name + "'";
    }
}
