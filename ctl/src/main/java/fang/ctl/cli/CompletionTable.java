// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Attribute;
import fang.ctl.model.ConditionType;
import fang.ctl.model.EventKind;
import fang.ctl.model.Rule;
import fang.ctl.model.ScopeType;
import fang.ctl.model.ValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What completion knows, as functions of a shell: commands, what each takes, and the values of keys. What may stand at a
 * place is a kind: {@code group}, {@code file}, {@code dir}, {@code user}, {@code words:a,b}, {@code list:a,b} (commas
 * between), {@code pairs:SET} (keys of a set and their values), or {@code none}.
 */
final class CompletionTable {
    private CompletionTable() {}

    static String text() {
        var text = new StringBuilder();
        text.append("_fangctl_first='")
                .append(String.join(" ", Commands.firstWords()))
                .append("'\n\n");
        parents(text);
        commands(text);
        pairs(text);
        return text.toString();
    }

    private static void parents(StringBuilder text) {
        Map<String, List<String>> below = new LinkedHashMap<>();
        for (String name : Commands.NAMES) {
            int blank = name.indexOf(' ');
            if (blank > 0) {
                below.computeIfAbsent(name.substring(0, blank), key -> new ArrayList<>())
                        .add(name.substring(blank + 1));
            }
        }
        text.append("# What may follow the first word of a command of two.\n");
        text.append("_fangctl_below() {\n\tcase $1 in\n");
        below.forEach((parent, names) -> text.append('\t')
                .append(parent)
                .append(") below='")
                .append(String.join(" ", names))
                .append("' ;;\n"));
        text.append("\t*) below= ;;\n\tesac\n}\n\n");
    }

    private static void commands(StringBuilder text) {
        text.append("_fangctl_takes() {\n\tcase $1 in\n");
        for (String name : Commands.NAMES) {
            CommandModel model = Commands.of(name).orElseThrow().model();
            List<String> options = new ArrayList<>();
            List<String> values = new ArrayList<>();
            for (CommandModel.Option option : model.options()) {
                options.addAll(option.names());
                for (String spelled : option.isFlag() || option.bare() ? List.<String>of() : option.names()) {
                    values.add(spelled + "=" + kind(name, option.label(), option.words()));
                }
            }
            List<String> operands = new ArrayList<>();
            for (CommandModel.Operand operand : model.operands()) {
                operands.add(kind(name, operand.label(), operand.words()) + (operand.many() ? "*" : ""));
            }
            text.append("\t'").append(name).append("')\n");
            text.append("\t\toptions='").append(String.join(" ", options)).append("'\n");
            text.append("\t\tvalues='").append(String.join(" ", values)).append("'\n");
            text.append("\t\toperands='").append(String.join(" ", operands)).append("' ;;\n");
        }
        text.append("\tesac\n}\n\n");
    }

    private static String kind(String command, String label, List<String> words) {
        if (!words.isEmpty()) {
            return "words:" + String.join(",", words);
        }
        return switch (label) {
            case "GROUP" -> "group";
            case "FILE", "PATH" -> "file";
            case "KINDS" -> "list:" + String.join(",", EventKind.words());
            case "KEY" -> "words:" + String.join(",", Attribute.keys());
            case "KEY=VALUE" -> command.startsWith("rule") ? "pairs:rule" : "pairs:attribute";
            case "NAME|KEY=VALUE" -> "pairs:rule";
            case "TYPE=PATH" -> "pairs:scope";
            case "TYPE=VALUE" -> "pairs:exemption";
            default -> "none";
        };
    }

    private static void pairs(StringBuilder text) {
        Map<String, String> attributes = new LinkedHashMap<>();
        for (Attribute attribute : Attribute.values()) {
            attributes.put(attribute.key(), kind(attribute.type()));
        }
        attributes.put("enabled", kind(new ValueType.Flag()));
        Map<String, String> scopes = new LinkedHashMap<>();
        for (String type : ScopeType.words()) {
            scopes.put(type, type.equals("file") ? "file" : "dir");
        }
        Map<String, String> exemptions = new LinkedHashMap<>();
        for (ConditionType type : ConditionType.values()) {
            exemptions.put(type.word(), kind(type));
        }
        Map<String, String> rules = new LinkedHashMap<>();
        for (ConditionType type : ConditionType.lasting()) {
            rules.put(type.word(), kind(type));
        }
        rules.put("kinds", kind(Rule.KINDS));
        rules.put("order", "none");
        rules.put("respond", kind(new ValueType.Word(Rule.RESPONSES)));

        text.append("# keys: of a set; whole: words that stand without a value; kind: of the value of one key.\n");
        text.append("_fangctl_pairs() {\n\tkeys= whole= kind=none\n\tcase $1 in\n");
        set(text, "attribute", attributes, "");
        set(text, "scope", scopes, "all");
        set(text, "exemption", exemptions, "");
        set(text, "rule", rules, "");
        text.append("\tesac\n}\n");
    }

    private static void set(StringBuilder text, String name, Map<String, String> kinds, String whole) {
        text.append('\t')
                .append(name)
                .append(")\n\t\tkeys='")
                .append(String.join(" ", kinds.keySet()))
                .append("'\n");
        text.append("\t\twhole='").append(whole).append("'\n\t\tcase $2 in\n");
        kinds.forEach((key, kind) -> {
            if (!kind.equals("none")) {
                text.append("\t\t").append(key).append(") kind=").append(kind).append(" ;;\n");
            }
        });
        text.append("\t\tesac ;;\n");
    }

    private static String kind(ConditionType type) {
        return switch (type) {
            case SUBTREE -> "dir";
            case EXE -> "file";
            case UID -> "user";
            case CGROUP -> "cgroup";
            case TGID -> "none";
        };
    }

    private static String kind(ValueType type) {
        if (type instanceof ValueType.Words words) {
            return "list:" + String.join(",", words.words());
        }
        if (type instanceof ValueType.Word word) {
            return "words:" + String.join(",", word.words());
        }
        return type instanceof ValueType.Flag ? "words:true,false" : "none";
    }
}
