// SPDX-License-Identifier: Apache-2.0
package fang.ctl.profile;

import fang.ctl.model.AllScope;
import fang.ctl.model.Attribute;
import fang.ctl.model.Condition;
import fang.ctl.model.EventKind;
import fang.ctl.model.GroupName;
import fang.ctl.model.GroupSpec;
import fang.ctl.model.Position;
import fang.ctl.model.Printable;
import fang.ctl.model.Problem;
import fang.ctl.model.ProfileRule;
import fang.ctl.model.RuleSpec;
import fang.ctl.model.Scope;
import fang.ctl.model.ServeSpec;
import fang.ctl.model.Users;
import fang.ctl.model.ValueType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes one group of a profile out of its mapping. What is absent has the kernel's default. */
final class GroupBuilder extends NodeReader {
    private static final List<String> OTHER_KEYS =
            List.of("enabled", "scopes", "exemptions", "rules", "fastpath", "scanner");
    private static final List<String> FASTPATH_KEYS = List.of("max", "preload");

    private final GroupName name;
    private final Position key;
    private final List<Problem> problems;
    private final Map<String, Position> positions;
    private final ItemBuilder items;

    GroupBuilder(GroupName name, Position key, List<Problem> problems, Map<String, Position> positions, Users users) {
        super(problems);
        this.items = new ItemBuilder(problems, positions, users);
        this.name = name;
        this.key = key;
        this.problems = problems;
        this.positions = positions;
    }

    GroupSpec build(YamlNode.Mapping mapping) {
        String path = "groups." + name;
        Map<String, YamlNode> entries = mapping.entries();
        List<String> known = new ArrayList<>(Attribute.keys());
        known.addAll(OTHER_KEYS);
        refuseUnknown(mapping, path, known);
        remember(mapping, path);

        boolean enabled = flag(entries.get("enabled"), path + ".enabled", true);
        Map<Attribute, String> attributes = attributes(entries, path, enabled);
        List<Scope> scopes = new ArrayList<>();
        YamlNode list = entries.get("scopes");
        for (int i = 0; i < items(list).size(); i++) {
            scope(items(list).get(i), itemPath(list, path + ".scopes", i), scopes);
        }
        List<Condition> exemptions = new ArrayList<>();
        list = entries.get("exemptions");
        for (int i = 0; i < items(list).size(); i++) {
            items.exemption(items(list).get(i), itemPath(list, path + ".exemptions", i), exemptions);
        }
        List<ProfileRule> rules = new ArrayList<>();
        list = entries.get("rules");
        for (int i = 0; i < items(list).size(); i++) {
            items.rule(items(list).get(i), itemPath(list, path + ".rules", i), rules);
        }
        Optional<ServeSpec.Scanner> scanner =
                new ScannerBuilder(problems).build(entries.get("scanner"), path + ".scanner");
        refuseScanWithoutScanner(rules, entries.containsKey("scanner"), path);
        ServeSpec serve = new ServeSpec(rules, scanner);
        report(entries.get("report"), path, serve, attributes);
        long max = GroupSpec.FASTPATH_MAX_DEFAULT;
        List<String> preload = new ArrayList<>();
        YamlNode fastpath = entries.get("fastpath");
        if (fastpath instanceof YamlNode.Mapping inner) {
            refuseUnknown(inner, path + ".fastpath", FASTPATH_KEYS);
            remember(inner, path + ".fastpath");
            max = Long.parseLong(scalar(inner.entries().get("max"), path + ".fastpath.max", GroupSpec.FASTPATH_MAX)
                    .orElse(Long.toString(max)));
            list = inner.entries().get("preload");
            for (int i = 0; i < items(list).size(); i++) {
                Optional<String> pattern = glob(items(list).get(i), itemPath(list, path + ".fastpath.preload", i));
                if (pattern.isPresent()) {
                    preload.add(pattern.get());
                }
            }
            refuseUselessPreload(inner, path, attributes, preload);
        } else if (fastpath != null) {
            problem(fastpath, path + ".fastpath", "is " + fastpath.what() + "; a mapping is wanted");
        }
        return new GroupSpec(
                name,
                attributes,
                Optional.of(enabled),
                Optional.of(scopes),
                Optional.of(exemptions),
                Optional.of(kernel(rules, serve)),
                Optional.of(max),
                preload,
                serve);
    }

    /** Rules that serve decides by are about what records tell. */
    private void report(YamlNode node, String path, ServeSpec serve, Map<Attribute, String> attributes) {
        String reported = attributes.get(Attribute.REPORT);
        if (reported == null) {
            return;
        }
        List<String> words = new ArrayList<>(List.of(reported.split(" ")));
        for (ProfileRule rule : serve.decidable()) {
            for (String word : rule.needsReported()) {
                if (words.contains(word)) {
                    continue;
                }
                if (node == null) {
                    words.add(word);
                } else {
                    problem(
                            node,
                            path + ".report",
                            word + " is missing, which rules[" + rule.index() + "] compares (or leave report out)");
                    return;
                }
            }
        }
        attributes.put(Attribute.REPORT, ((ValueType.Words) Attribute.REPORT.type()).canonical(words));
    }

    private static List<RuleSpec> kernel(List<ProfileRule> rules, ServeSpec serve) {
        List<RuleSpec> kernel = new ArrayList<>();
        for (ProfileRule rule : rules.subList(0, serve.kernelRules())) {
            kernel.add(new RuleSpec(rule.rule(), rule.reason()));
        }
        return kernel;
    }

    private void remember(YamlNode.Mapping mapping, String path) {
        for (var entry : mapping.entries().entrySet()) {
            positions.put(path + "." + entry.getKey(), entry.getValue().position());
        }
    }

    private void refuseScanWithoutScanner(List<ProfileRule> rules, boolean scanner, String path) {
        for (ProfileRule rule : rules) {
            if (rule.scan() && !scanner) {
                String place = path + ".rules[" + rule.index() + "]";
                Position position = positions.getOrDefault(place, positions.get(path + ".rules"));
                problems.add(new Problem(
                        position,
                        place,
                        null,
                        "scan needs a scanner, such as scanner: {clamd: /run/clamav/clamd.ctl}"));
                return;
            }
        }
    }

    private Map<Attribute, String> attributes(Map<String, YamlNode> entries, String path, boolean enabled) {
        Map<Attribute, String> attributes = new EnumMap<>(Attribute.class);
        for (Attribute attribute : Attribute.values()) {
            YamlNode node = entries.get(attribute.key());
            String place = path + "." + attribute.key();
            Optional<String> value = attribute.type() instanceof ValueType.Words words
                    ? words(node, place, words)
                    : scalar(node, place, attribute.type());
            if (value.isPresent()) {
                attributes.put(attribute, value.get());
                if (value.get().isEmpty() && attribute == Attribute.MASK) {
                    problem(node, place, "names no event kind");
                }
            } else if (!attribute.defaultValue().isEmpty()) {
                attributes.put(attribute, attribute.defaultValue());
            } else if (node == null && enabled) {
                problems.add(new Problem(key, path, null, attribute.key() + " is missing (or enabled: false)"));
            }
        }
        return attributes;
    }

    private void scope(YamlNode item, String path, List<Scope> scopes) {
        positions.put(path, item.position());
        if (item instanceof YamlNode.Scalar scalar && scalar.text().equals(AllScope.WORD)) {
            add(Scope.ALL, item, path, scopes);
            return;
        }
        if (!(item instanceof YamlNode.Mapping mapping) || mapping.entries().size() != 1) {
            problem(item, path, "is " + item.what() + "; one key and a path are wanted, such as {subtree: /srv/share}");
            return;
        }
        var entry = mapping.entries().entrySet().iterator().next();
        String word = entry.getKey();
        String place = path + "." + Printable.of(word);
        Optional<String> text = text(entry.getValue(), place);
        if (text.isPresent()) {
            try {
                add(Scope.parse(word, text.get()), item, path, scopes);
            } catch (IllegalArgumentException e) {
                problem(entry.getValue(), place, e.getMessage());
            }
        }
    }

    private void add(Scope scope, YamlNode item, String path, List<Scope> scopes) {
        if (scopes.contains(scope)) {
            problem(item, path, scope + " stands twice");
        } else {
            scopes.add(scope);
        }
    }

    private void refuseUselessPreload(
            YamlNode.Mapping fastpath, String path, Map<Attribute, String> attributes, List<String> preload) {
        String mask = attributes.getOrDefault(Attribute.MASK, "");
        if (!preload.isEmpty() && !mask.isEmpty() && EventKind.accessWords(mask).isEmpty()) {
            problem(
                    fastpath.entries().get("preload"),
                    path + ".fastpath.preload",
                    "nothing is asked: the mask has neither open_access nor read_access");
        }
    }
}
