// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The arguments of one command, bound to its options and operands. */
final class ParseResult {
    private final CommandModel model;
    private final Map<String, List<String>> options = new HashMap<>();
    private final List<String> operands = new ArrayList<>();

    private List<String> trailing;

    ParseResult(CommandModel model) {
        this.model = model;
    }

    void setTrailing(List<String> words) {
        trailing = words;
    }

    /** Whether {@code --} was there. */
    boolean isTrailing() {
        return trailing != null;
    }

    /** What stood behind {@code --}. */
    List<String> trailing() {
        return trailing == null ? List.of() : trailing;
    }

    /** @param value empty for a flag */
    void addOption(CommandModel.Option option, String value) {
        List<String> values = options.get(option.key());
        if (values == null) {
            values = new ArrayList<>();
            options.put(option.key(), values);
        }
        values.add(value);
    }

    void addOperand(String value) {
        operands.add(value);
    }

    boolean has(String name) {
        return !values(name).isEmpty();
    }

    /** All values of an option, in their order; any of its names serves. */
    List<String> values(String name) {
        CommandModel.Option option = model.option(name);
        return option == null ? List.of() : options.getOrDefault(option.key(), List.of());
    }

    List<String> operands() {
        return operands;
    }

    /** For tests. */
    @Override
    public String toString() {
        return new TreeMap<>(options) + " " + operands;
    }
}
