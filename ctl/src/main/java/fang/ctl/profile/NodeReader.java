// SPDX-License-Identifier: Apache-2.0
package fang.ctl.profile;

import fang.ctl.model.Attribute;
import fang.ctl.model.Printable;
import fang.ctl.model.Problem;
import fang.ctl.model.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.PatternSyntaxException;

/** Takes values out of nodes; what is wrong becomes a problem at its place, and nothing. */
abstract class NodeReader {
    private final List<Problem> problems;

    NodeReader(List<Problem> problems) {
        this.problems = problems;
    }

    final void refuseUnknown(YamlNode.Mapping mapping, String path, List<String> known) {
        mapping.keys().forEach((entry, position) -> {
            if (known.contains(entry)) {
                return;
            }
            String message = "unknown key" + Attribute.hint(entry, known);
            problems.add(new Problem(position, path + "." + Printable.of(entry), null, message));
        });
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
        return parse(node, path, () -> type.parse(scalar.text()));
    }

    final Optional<String> words(YamlNode node, String path, ValueType.Words type) {
        if (node == null) {
            return Optional.empty();
        }
        List<String> words = new ArrayList<>();
        int before = problems.size();
        eachItem(
                node,
                path,
                (item, itemPath) -> text(item, itemPath, type::parseWord).ifPresent(words::add));
        return problems.size() == before ? Optional.of(type.canonical(words)) : Optional.empty();
    }

    final <T> Optional<T> text(YamlNode node, String path, Function<String, T> parser) {
        if (!(node instanceof YamlNode.Scalar scalar) || scalar.isNull()) {
            problem(node, path, "is " + node.what() + "; a text is wanted");
            return Optional.empty();
        }
        return parse(node, path, () -> parser.apply(scalar.text()));
    }

    final <T> Optional<T> parse(YamlNode node, String path, Supplier<T> parser) {
        try {
            return Optional.of(parser.get());
        } catch (PatternSyntaxException e) {
            problem(node, path, "is no glob: " + Printable.of(e.getDescription()));
        } catch (IllegalArgumentException e) {
            problem(node, path, e.getMessage());
        }
        return Optional.empty();
    }

    /** A list's items, or the one value that stands for a list of one. */
    final void eachItem(YamlNode node, String path, BiConsumer<YamlNode, String> action) {
        if (node instanceof YamlNode.Sequence sequence) {
            for (int i = 0; i < sequence.items().size(); i++) {
                action.accept(sequence.items().get(i), path + "[" + i + "]");
            }
        } else if (node != null) {
            action.accept(node, path);
        }
    }

    final void problem(YamlNode node, String path, String message) {
        problems.add(new Problem(node.position(), path, null, message));
    }
}
