// SPDX-License-Identifier: Apache-2.0
package fang.ctl.profile;

import fang.ctl.model.Attribute;
import fang.ctl.model.Glob;
import fang.ctl.model.Printable;
import fang.ctl.model.Problem;
import fang.ctl.model.Scope;
import fang.ctl.model.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Takes values out of nodes; what is wrong becomes a problem at its place, and nothing. Loops and no lambdas, here and in
 * what builds on it: each costs a start as long as reading a small group.
 */
abstract class NodeReader {
    private static final ValueType FLAG = new ValueType.Flag();

    private final List<Problem> problems;

    NodeReader(List<Problem> problems) {
        this.problems = problems;
    }

    final void refuseUnknown(YamlNode.Mapping mapping, String path, List<String> known) {
        for (var key : mapping.keys().entrySet()) {
            String entry = key.getKey();
            if (!known.contains(entry)) {
                String message = "unknown key" + Attribute.hint(entry, known);
                problems.add(new Problem(key.getValue(), path + "." + Printable.of(entry), null, message));
            }
        }
    }

    final Optional<String> scalar(YamlNode node, String path, ValueType type) {
        if (node == null) {
            return Optional.empty();
        }
        if (!(node instanceof YamlNode.Scalar scalar) || scalar.isNull()) {
            problem(node, path, "is " + node.what() + "; a single value is wanted");
            return Optional.empty();
        }
        boolean plainWanted = type instanceof ValueType.Number || type instanceof ValueType.Flag;
        if (plainWanted && !scalar.plain()) {
            problem(node, path, "\"" + Printable.of(scalar.text()) + "\" is a text (remove the quotes)");
            return Optional.empty();
        }
        try {
            return Optional.of(type.parse(scalar.text()));
        } catch (IllegalArgumentException e) {
            problem(node, path, e.getMessage());
            return Optional.empty();
        }
    }

    final boolean flag(YamlNode node, String path, boolean otherwise) {
        Optional<String> value = scalar(node, path, FLAG);
        return value.isPresent() ? value.get().equals("1") : otherwise;
    }

    final Optional<String> words(YamlNode node, String path, ValueType.Words type) {
        if (node == null) {
            return Optional.empty();
        }
        List<String> words = new ArrayList<>();
        int before = problems.size();
        List<YamlNode> items = items(node);
        for (int i = 0; i < items.size(); i++) {
            String itemPath = itemPath(node, path, i);
            Optional<String> word = text(items.get(i), itemPath);
            if (word.isPresent()) {
                try {
                    words.add(type.parseWord(word.get()));
                } catch (IllegalArgumentException e) {
                    problem(items.get(i), itemPath, e.getMessage());
                }
            }
        }
        return problems.size() == before ? Optional.of(type.canonical(words)) : Optional.empty();
    }

    final Optional<String> text(YamlNode node, String path) {
        if (!(node instanceof YamlNode.Scalar scalar) || scalar.isNull()) {
            problem(node, path, "is " + node.what() + "; a text is wanted");
            return Optional.empty();
        }
        return Optional.of(scalar.text());
    }

    final Optional<String> glob(YamlNode node, String path) {
        Optional<Glob> glob = pattern(node, path);
        return glob.isPresent() ? Optional.of(glob.get().text()) : Optional.empty();
    }

    final Optional<Glob> pattern(YamlNode node, String path) {
        Optional<String> text = text(node, path);
        try {
            if (text.isPresent()) {
                Scope.absolute(text.get());
                return Optional.of(new Glob(text.get()));
            }
        } catch (IllegalArgumentException e) {
            problem(node, path, e.getMessage());
        }
        return Optional.empty();
    }

    /** A list's items, or the one value that stands for a list of one; nothing of null. */
    static List<YamlNode> items(YamlNode node) {
        if (node instanceof YamlNode.Sequence sequence) {
            return sequence.items();
        }
        return node == null ? List.of() : List.of(node);
    }

    /** Where an item of {@link #items} stands. */
    static String itemPath(YamlNode node, String path, int index) {
        return node instanceof YamlNode.Sequence ? path + "[" + index + "]" : path;
    }

    final void problem(YamlNode node, String path, String message) {
        problems.add(new Problem(node.position(), path, null, message));
    }
}
