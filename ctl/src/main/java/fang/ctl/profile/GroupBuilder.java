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
        entries.forEach((entry, node) -> positions.put(path + "." + entry, node.position()));

        boolean enabled = scalar(entries.get("enabled"), path + ".enabled", new ValueType.Flag())
                .map("1"::equals)
                .orElse(true);
        Map<Attribute, String> attributes = attributes(entries, path, enabled);
        List<Scope> scopes = new ArrayList<>();
        eachItem(entries.get("scopes"), path + ".scopes", (item, itemPath) -> scope(item, itemPath, scopes));

        List<Condition> exemptions = new ArrayList<>();
        eachItem(
                entries.get("exemptions"),
                path + ".exemptions",
                (item, itemPath) -> items.exemption(item, itemPath, exemptions));
        List<ProfileRule> rules = new ArrayList<>();
        eachItem(entries.get("rules"), path + ".rules", (item, itemPath) -> items.rule(item, itemPath, rules));
        Optional<ServeSpec.Scanner> scanner =
                new ScannerBuilder(problems).build(entries.get("scanner"), path + ".scanner");
        refuseScanWithoutScanner(rules, entries.containsKey("scanner"), path);
        ServeSpec serve = new ServeSpec(ServeSpec.tail(rules), scanner);
        Optional<Long> max = Optional.of(GroupSpec.FASTPATH_MAX_DEFAULT);
        List<String> preload = new ArrayList<>();
        YamlNode fastpath = entries.get("fastpath");
        if (fastpath instanceof YamlNode.Mapping inner) {
            refuseUnknown(inner, path + ".fastpath", FASTPATH_KEYS);
            inner.entries().forEach((entry, node) -> positions.put(path + ".fastpath." + entry, node.position()));
            max = scalar(inner.entries().get("max"), path + ".fastpath.max", GroupSpec.FASTPATH_MAX)
                    .map(Long::valueOf)
                    .or(() -> Optional.of(GroupSpec.FASTPATH_MAX_DEFAULT));
            eachItem(
                    inner.entries().get("preload"),
                    path + ".fastpath.preload",
                    (item, itemPath) -> preload(item, itemPath, preload));
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
                max,
                preload,
                serve);
    }

    private static List<RuleSpec> kernel(List<ProfileRule> rules, ServeSpec serve) {
        return rules.subList(0, rules.size() - serve.rules().size()).stream()
                .map(rule -> new RuleSpec(rule.rule(), rule.reason()))
                .toList();
    }

    private void refuseScanWithoutScanner(List<ProfileRule> rules, boolean scanner, String path) {
        rules.stream().filter(rule -> rule.scan() && !scanner).findFirst().ifPresent(rule -> {
            String place = path + ".rules[" + rule.index() + "]";
            Position position = positions.getOrDefault(place, positions.get(path + ".rules"));
            problems.add(new Problem(
                    position, place, null, "scan needs a scanner, such as scanner: {clamd: /run/clamav/clamd.ctl}"));
        });
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
        Optional<Scope> scope =
                text(entry.getValue(), path + "." + Printable.of(word), text -> Scope.parse(word, text));
        scope.ifPresent(s -> add(s, item, path, scopes));
    }

    private void add(Scope scope, YamlNode item, String path, List<Scope> scopes) {
        if (scopes.contains(scope)) {
            problem(item, path, scope + " stands twice");
        } else {
            scopes.add(scope);
        }
    }

    private void preload(YamlNode item, String path, List<String> patterns) {
        text(item, path, Globs::check).ifPresent(patterns::add);
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
