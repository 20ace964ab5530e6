// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * What a command takes: the one source of parsing, --help, man pages and completion. Plain lists, because most commands run
 * for less time than it takes to load a parser.
 */
final class CommandModel {
    /**
     * An option.
     *
     * @param names the short one first; the last one is the long one
     * @param label of its value; null for a flag
     * @param words all its values, if they are few; else empty
     * @param bare whether it may stand without its value, which is then empty
     */
    record Option(
            List<String> names,
            String label,
            boolean repeatable,
            String description,
            List<String> words,
            boolean bare) {
        Option(List<String> names, String label, boolean repeatable, String description, List<String> words) {
            this(names, label, repeatable, description, words, false);
        }

        boolean isFlag() {
            return label == null;
        }

        /** The name that a value is asked for by. */
        String key() {
            return names.get(0);
        }
    }

    /**
     * An operand.
     *
     * @param many whether it takes all that follow
     * @param words all its values, if they are few; else empty
     */
    record Operand(String label, String description, boolean required, boolean many, List<String> words) {}

    private final String name;
    private final String summary;
    private final List<String> examples;
    private final List<Option> options = new ArrayList<>();
    private final List<Operand> operands = new ArrayList<>();
    private Operand trailing;

    CommandModel(String name, String summary, List<String> examples) {
        this.name = name;
        this.summary = summary;
        this.examples = examples;
        options.add(new Option(List.of("-h", "--help"), null, false, "Show this and exit.", List.of()));
    }

    void add(Option option) {
        options.add(option);
    }

    void add(Operand operand) {
        operands.add(operand);
    }

    /** What may stand behind {@code --} and is not looked into; null if nothing may. */
    Operand trailing() {
        return trailing;
    }

    void setTrailing(Operand operand) {
        trailing = operand;
    }

    /** With the word before it, such as {@code scope add}. */
    String name() {
        return name;
    }

    String summary() {
        return summary;
    }

    List<String> examples() {
        return examples;
    }

    /** Help first. */
    List<Option> options() {
        return options;
    }

    List<Operand> operands() {
        return operands;
    }

    /** Null if there is none of this name. */
    Option option(String optionName) {
        for (Option option : options) {
            if (option.names().contains(optionName)) {
                return option;
            }
        }
        return null;
    }
}
