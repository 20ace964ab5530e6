// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Failure;
import fang.ctl.model.Printable;
import fang.ctl.model.Suggestions;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/**
 * One command: binds its options, calls one service, renders. Specs are built by hand: reflection over annotations costs
 * more at start-up than everything else.
 */
abstract class Command {
    private final CommandSpec spec;

    /**
     * @param name with the word before it, such as {@code scope add}
     * @param summary one line
     * @param examples shown by --help, one a line
     */
    Command(String name, String summary, String... examples) {
        spec = CommandSpec.create().name("fangctl " + name);
        spec.usageMessage().description(summary).sortOptions(false).width(100);
        if (examples.length > 0) {
            String[] footer = new String[examples.length + 2];
            footer[0] = "";
            footer[1] = "Examples:";
            for (int i = 0; i < examples.length; i++) {
                footer[i + 2] = "  " + examples[i].replace("%", "%%");
            }
            spec.usageMessage().footer(footer);
        }
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Show this and exit.")
                .build());
    }

    /** Does it. */
    abstract int run(ParseResult args, Context context) throws IOException;

    CommandSpec spec() {
        return spec;
    }

    final void flag(String description, String... names) {
        spec.addOption(OptionSpec.builder(names)
                .type(boolean.class)
                .arity("0")
                .description(description)
                .build());
    }

    final void option(String label, String description, String... names) {
        spec.addOption(OptionSpec.builder(names)
                .type(String.class)
                .arity("1")
                .paramLabel(label)
                .description(description)
                .build());
    }

    final void options(String label, String description, String... names) {
        spec.addOption(OptionSpec.builder(names)
                .type(String[].class)
                .arity("1")
                .paramLabel(label)
                .description(description)
                .build());
    }

    /** {@code -o json|text}. */
    final void documentFormat() {
        option("FORMAT", "text (default) or json", "-o", "--output");
    }

    /** One operand. */
    final void operand(String label, String description, boolean required) {
        int index = spec.positionalParameters().size();
        spec.addPositional(PositionalParamSpec.builder()
                .index(Integer.toString(index))
                .type(String.class)
                .arity(required ? "1" : "0..1")
                .required(required)
                .paramLabel(label)
                .description(description)
                .build());
    }

    /** All operands that follow. */
    final void operands(String label, String description, boolean required) {
        int index = spec.positionalParameters().size();
        spec.addPositional(PositionalParamSpec.builder()
                .index(index + "..*")
                .type(String[].class)
                .arity(required ? "1..*" : "0..*")
                .required(required)
                .paramLabel(label)
                .description(description)
                .build());
    }

    static boolean has(ParseResult args, String name) {
        return args.hasMatchedOption(name);
    }

    static String option(ParseResult args, String name, String otherwise) {
        return args.matchedOptionValue(name, otherwise);
    }

    static String operand(ParseResult args, int index) {
        return args.matchedPositionalValue(index, null);
    }

    static String[] operands(ParseResult args, int index) {
        String[] values = args.matchedPositionalValue(index, null);
        return values == null ? new String[0] : values;
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
     * The operand, if all its bytes were text: the JVM puts a mark where they were not.
     *
     * @throws Failure USAGE
     */
    static String utf8(String operand) {
        if (operand.indexOf('\ufffd') >= 0) {
            throw usage(
                    "\"" + Printable.of(operand) + "\" is not UTF-8. Write such bytes as \\ooo, three octal digits");
        }
        return operand;
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
