// SPDX-License-Identifier: Apache-2.0
package fang.ctl.profile;

import fang.ctl.model.Condition;
import fang.ctl.model.ConditionType;
import fang.ctl.model.Position;
import fang.ctl.model.Printable;
import fang.ctl.model.Problem;
import fang.ctl.model.Rule;
import fang.ctl.model.RuleSpec;
import fang.ctl.model.Users;
import fang.ctl.model.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes exemptions and rules out of the items of their lists. */
final class ItemBuilder extends NodeReader {
    private static final List<String> RULE_KEYS =
            List.of("subtree", "exe", "uid", "cgroup", "kinds", "respond", "reason");

    private final Map<String, Position> positions;
    private final Users users;

    ItemBuilder(List<Problem> problems, Map<String, Position> positions, Users users) {
        super(problems);
        this.positions = positions;
        this.users = users;
    }

    void exemption(YamlNode item, String path, List<Condition> exemptions) {
        positions.put(path, item.position());
        if (!(item instanceof YamlNode.Mapping mapping) || mapping.entries().size() != 1) {
            problem(
                    item,
                    path,
                    "is " + item.what() + "; one key and its value are wanted, such as {exe: /usr/sbin/clamd}");
            return;
        }
        var entry = mapping.entries().entrySet().iterator().next();
        String word = entry.getKey();
        if (word.equals(ConditionType.TGID.word())) {
            problem(item, path, "a process outlives no profile. Try: fangctl exemption add GROUP tgid=PID");
            return;
        }
        text(entry.getValue(), path + "." + Printable.of(word), text -> Condition.parse(word, text, users))
                .ifPresent(condition -> {
                    if (exemptions.contains(condition)) {
                        problem(item, path, condition + " stands twice");
                    } else {
                        exemptions.add(condition);
                    }
                });
    }

    void rule(YamlNode item, String path, List<RuleSpec> rules) {
        positions.put(path, item.position());
        if (!(item instanceof YamlNode.Mapping mapping)) {
            problem(
                    item,
                    path,
                    "is " + item.what() + "; a mapping is wanted, such as {subtree: /srv/share, respond: deny}");
            return;
        }
        refuseUnknown(mapping, path, RULE_KEYS);
        Map<String, YamlNode> entries = mapping.entries();
        List<Condition> conditions = new ArrayList<>();
        for (ConditionType type : ConditionType.lasting()) {
            YamlNode node = entries.get(type.word());
            if (node != null) {
                text(node, path + "." + type.word(), text -> Condition.parse(type.word(), text, users))
                        .ifPresent(conditions::add);
            }
        }
        String kinds = words(entries.get("kinds"), path + ".kinds", Rule.KINDS).orElse("");
        String reason = entries.containsKey("reason")
                ? text(entries.get("reason"), path + ".reason", text -> text).orElse("")
                : "";
        respond(item, entries.get("respond"), path)
                .ifPresent(respond -> rules.add(new RuleSpec(new Rule(respond, conditions, kinds), reason)));
    }

    private Optional<String> respond(YamlNode item, YamlNode node, String path) {
        String words = String.join(", ", Rule.RESPONSES);
        if (node == null) {
            problem(item, path, "respond is missing (one of " + words + ")");
            return Optional.empty();
        }
        if (node instanceof YamlNode.Scalar scalar && scalar.text().equals("scan")) {
            problem(node, path + ".respond", "scan is not supported by this version (one of " + words + ")");
            return Optional.empty();
        }
        return scalar(node, path + ".respond", new ValueType.Word(Rule.RESPONSES));
    }
}
