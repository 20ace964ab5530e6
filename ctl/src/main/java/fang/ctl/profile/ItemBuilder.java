// SPDX-License-Identifier: Apache-2.0
package fang.ctl.profile;

import fang.ctl.model.Condition;
import fang.ctl.model.ConditionType;
import fang.ctl.model.Position;
import fang.ctl.model.Printable;
import fang.ctl.model.Problem;
import fang.ctl.model.ProfileRule;
import fang.ctl.model.RawPath;
import fang.ctl.model.Rule;
import fang.ctl.model.ServeConditions;
import fang.ctl.model.Sizes;
import fang.ctl.model.Users;
import fang.ctl.model.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes exemptions and rules out of the items of their lists. */
final class ItemBuilder extends NodeReader {
    private static final List<String> RULE_KEYS = List.of(
            "subtree",
            "exe",
            "uid",
            "cgroup",
            "kinds",
            "path",
            "gid",
            "comm",
            "owner",
            "size_min",
            "size_max",
            "respond",
            "fastpath",
            "survive",
            "reason");
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
        ServeConditions more = more(entries, path);
        String respond = respond(item, entries.get("respond"), path).orElse(null);
        if (respond == null) {
            return;
        }
        boolean scan = respond.equals(SCAN);
        boolean fastpath = flag(entries.get("fastpath"), path + ".fastpath", scan);
        boolean survive = flag(entries.get("survive"), path + ".survive", false);
        if (fastpath && !scan && !respond.equals("allow")) {
            problem(entries.get("fastpath"), path + ".fastpath", "only what is allowed can be remembered");
        } else if (survive && (scan || !fastpath)) {
            problem(
                    entries.get("survive"),
                    path + ".survive",
                    scan
                            ? "what was scanned is not clean for ever"
                            : "only what is remembered can survive (fastpath: true)");
        }
        Rule rule = new Rule(scan ? "ask" : respond, conditions, kinds);
        rules.add(new ProfileRule(indexIn(path, rules), rule, more, scan, fastpath, survive, reason));
    }

    private ServeConditions more(Map<String, YamlNode> entries, String path) {
        boolean none = true;
        for (String word : ServeConditions.words()) {
            none &= !entries.containsKey(word);
        }
        if (none) {
            return ServeConditions.NONE;
        }
        YamlNode glob = entries.get("path");
        return new ServeConditions(
                glob == null ? null : pattern(glob, path + ".path").orElse(null),
                number(entries, path, "gid"),
                comm(entries.get("comm"), path + ".comm"),
                number(entries, path, "owner"),
                number(entries, path, "size_min"),
                number(entries, path, "size_max"));
    }

    private Long number(Map<String, YamlNode> entries, String path, String word) {
        YamlNode node = entries.get(word);
        Optional<String> text = node == null ? Optional.empty() : text(node, path + "." + word);
        try {
            if (text.isPresent()) {
                return switch (word) {
                    case "gid" -> Long.valueOf(Condition.gid(text.get(), users));
                    case "owner" -> Long.valueOf(Condition.uid(text.get(), users));
                    default -> Sizes.parse(text.get());
                };
            }
        } catch (IllegalArgumentException e) {
            problem(node, path + "." + word, e.getMessage());
        }
        return null;
    }

    private RawPath comm(YamlNode node, String path) {
        Optional<String> text = node == null ? Optional.empty() : text(node, path);
        if (text.isEmpty()) {
            return null;
        }
        RawPath comm = RawPath.ofText(text.get());
        int length = comm.latin1().length();
        if (length == 0 || length > ServeConditions.COMM_BYTES_MAX || comm.hasNul()) {
            problem(
                    node,
                    path,
                    "is no name of a thread: 1 to " + ServeConditions.COMM_BYTES_MAX
                            + " bytes, which is what the kernel keeps of it");
        }
        return comm;
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
