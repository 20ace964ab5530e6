// SPDX-License-Identifier: Apache-2.0
package fang.ctl.profile;

import fang.ctl.model.Condition;
import fang.ctl.model.ConditionType;
import fang.ctl.model.Position;
import fang.ctl.model.Printable;
import fang.ctl.model.Problem;
import fang.ctl.model.ProfileRule;
import fang.ctl.model.Rule;
import fang.ctl.model.Users;
import fang.ctl.model.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes exemptions and rules out of the items of their lists. */
final class ItemBuilder extends NodeReader {
    private static final List<String> RULE_KEYS =
            List.of("subtree", "exe", "uid", "cgroup", "kinds", "path", "respond", "fastpath", "reason");
    private static final String SCAN = "scan";

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
            problem(
                    entry.getValue(),
                    path + "." + word,
                    "a process outlives no profile. Try: fangctl exemption add GROUP tgid=PID");
            return;
        }
        Optional<Condition> condition = condition(word, entry.getValue(), path + "." + Printable.of(word));
        if (condition.isEmpty()) {
            return;
        }
        if (exemptions.contains(condition.get())) {
            problem(item, path, condition.get() + " stands twice");
        } else {
            exemptions.add(condition.get());
        }
    }

    private Optional<Condition> condition(String word, YamlNode node, String path) {
        Optional<String> text = text(node, path);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Condition.parse(word, text.get(), users));
        } catch (IllegalArgumentException e) {
            problem(node, path, e.getMessage());
            return Optional.empty();
        }
    }

    void rule(YamlNode item, String path, List<ProfileRule> rules) {
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
                Optional<Condition> condition = condition(type.word(), node, path + "." + type.word());
                if (condition.isPresent()) {
                    conditions.add(condition.get());
                }
            }
        }
        String kinds = words(entries.get("kinds"), path + ".kinds", Rule.KINDS).orElse("");
        String reason = entries.containsKey("reason")
                ? text(entries.get("reason"), path + ".reason").orElse("")
                : "";
        String glob = entries.containsKey("path")
                ? glob(entries.get("path"), path + ".path").orElse(null)
                : null;
        boolean fastpath = flag(entries.get("fastpath"), path + ".fastpath", false);
        String respond = respond(item, entries.get("respond"), path).orElse(null);
        if (respond == null) {
            return;
        }
        boolean scan = respond.equals(SCAN);
        if (fastpath && !respond.equals("allow")) {
            problem(entries.get("fastpath"), path + ".fastpath", "only what is allowed can be remembered");
        }
        Rule rule = new Rule(scan ? "ask" : respond, conditions, kinds);
        rules.add(new ProfileRule(indexIn(path, rules), rule, glob, scan, fastpath, reason));
    }

    /** Of a list, its items' number; one value alone stands for a list of one. */
    private static int indexIn(String path, List<ProfileRule> rules) {
        return path.endsWith("]")
                ? Integer.parseInt(path.substring(path.lastIndexOf('[') + 1, path.length() - 1))
                : rules.size();
    }

    private Optional<String> respond(YamlNode item, YamlNode node, String path) {
        List<String> responses = Rule.RESPONSES_OF_PROFILES;
        if (node == null) {
            problem(item, path, "respond is missing (one of " + String.join(", ", responses) + ")");
            return Optional.empty();
        }
        return scalar(node, path + ".respond", new ValueType.Word(responses));
    }
}
