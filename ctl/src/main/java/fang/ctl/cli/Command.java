// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Durations;
import fang.ctl.model.Failure;
import fang.ctl.model.Printable;
import fang.ctl.model.Suggestions;
import fang.ctl.model.ValueType;
import java.io.IOException;
import java.util.List;

/** One command: says what it takes, calls one service, renders. */
abstract class Command {
    /** Of watching: below that, reading takes a good part of the time. */
    private static final long INTERVAL_MIN_MS = 100;

    private static final long INTERVAL_MAX_MS = 24 * 3_600_000L;

    private final CommandModel model;

    /**
     * @param name with the word before it, such as {@code scope add}
     * @param summary one line
     * @param examples shown by --help, one a line
     */
    Command(String name, String summary, String... examples) {
        model = new CommandModel(name, summary, List.of(examples));
    }

    /** Does it. */
    abstract int run(ParseResult args, Context context) throws IOException;

    CommandModel model() {
        return model;
    }

    final void flag(String description, String... names) {
        model.add(new CommandModel.Option(List.of(names), null, false, description, List.of()));
    }

    final void option(String label, String description, String... names) {
        model.add(new CommandModel.Option(List.of(names), label, false, description, List.of()));
    }

    /** An option whose value may be left out; it is then empty. */
    final void optional(String label, String description, String... names) {
        model.add(new CommandModel.Option(List.of(names), label, false, description, List.of(), true));
    }

    /** An option that may be given again. */
    final void options(String label, String description, String... names) {
        model.add(new CommandModel.Option(List.of(names), label, true, description, List.of()));
    }

    /** An option that takes one of a few words. */
    final void choice(String label, String description, List<String> words, String... names) {
        model.add(new CommandModel.Option(List.of(names), label, false, description, words));
    }

    /** {@code -o json|text}. */
    final void documentFormat() {
        choice("FORMAT", "text (default) or json", List.of("text", "json"), "-o", "--output");
    }

    /** One operand. */
    final void operand(String label, String description, boolean required) {
        model.add(new CommandModel.Operand(label, description, required, false, List.of()));
    }

    /** One operand that is one of a few words. */
    final void operand(String label, String description, boolean required, List<String> words) {
        model.add(new CommandModel.Operand(label, description, required, false, words));
    }

    /** All operands that follow. */
    final void operands(String label, String description, boolean required) {
        model.add(new CommandModel.Operand(label, description, required, true, List.of()));
    }

    /** All operands that follow, each one of a few words. */
    final void operands(String label, String description, boolean required, List<String> words) {
        model.add(new CommandModel.Operand(label, description, required, true, words));
    }

    /** What may stand behind {@code --}. */
    final void trailing(String label, String description) {
        model.setTrailing(new CommandModel.Operand(label, description, false, true, List.of()));
    }

    static boolean has(ParseResult args, String name) {
        return args.has(name);
    }

    static String option(ParseResult args, String name, String otherwise) {
        List<String> values = args.values(name);
        return values.isEmpty() ? otherwise : values.get(0);
    }

    /** Null if there is none at this place. */
    static String operand(ParseResult args, int index) {
        return index < args.operands().size() ? args.operands().get(index) : null;
    }

    /** Those from this place on. */
    static String[] operands(ParseResult args, int index) {
        List<String> all = args.operands();
        return all.subList(Math.min(index, all.size()), all.size()).toArray(new String[0]);
    }

    /**
     * An option's value, one of a few words.
     *
     * @throws Failure USAGE
     */
    static String word(ParseResult args, String name, String otherwise, String... words) {
        String value = option(args, name, otherwise);
        if (value == null || List.of(words).contains(value)) {
            return value;
        }
        throw usage(name + ": \"" + Printable.of(value) + "\" is none of " + String.join(", ", words)
                + Suggestions.hint(value, List.of(words)));
    }

    /**
     * What {@code --count} says; without it there is no end.
     *
     * @throws Failure USAGE
     */
    static long count(ParseResult args) {
        String text = option(args, "--count", null);
        if (text == null) {
            return Long.MAX_VALUE;
        }
        try {
            return Long.parseLong(new ValueType.Number(1, Long.MAX_VALUE).parse(text));
        } catch (IllegalArgumentException e) {
            throw usage("--count: " + e.getMessage());
        }
    }

    /**
     * An interval in milliseconds.
     *
     * @param option for messages
     * @throws Failure USAGE
     */
    static long interval(String option, String text) {
        long millis;
        try {
            millis = Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw usage(option + ": " + e.getMessage());
        }
        if (millis < INTERVAL_MIN_MS || millis > INTERVAL_MAX_MS) {
            throw usage(option + ": " + Printable.of(text) + " is out of bounds (100ms to 24h)");
        }
        return millis;
    }

    static Failure usage(String message) {
        return new Failure(Failure.Kind.USAGE, message);
    }

    /** Whether the document is to be JSON; sets the context so that errors are, too. */
    static boolean json(ParseResult args, Context context) {
        context.setJson(word(args, "-o", "text", "text", "json").equals("json"));
        return context.isJson();
    }
}
