// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Parses by picocli and renders its help: for arguments that are not plain, for errors, and for --help. */
final class PicocliParser {
    static final int HELP_COLUMNS = 100;

    private PicocliParser() {}

    /**
     * Binds arguments; null if help is asked for.
     *
     * @throws CommandLine.ParameterException if they do not fit
     */
    static ParseResult parse(CommandModel model, String[] args) {
        CommandSpec spec = spec(model, false);
        // A path may begin with @, and quotes in it are its own.
        CommandLine.ParseResult parsed =
                new CommandLine(spec).setExpandAtFiles(false).parseArgs(args);
        if (parsed.isUsageHelpRequested()) {
            return null;
        }
        ParseResult result = new ParseResult(model);
        for (CommandModel.Option option : model.options()) {
            OptionSpec found = parsed.matchedOption(option.key());
            if (found != null) {
                for (String value : found.isOption() && option.isFlag() ? new String[] {""} : values(found)) {
                    result.addOption(option, value);
                }
            }
        }
        for (PositionalParamSpec operand : spec.positionalParameters()) {
            if (parsed.hasMatchedPositional(operand)) {
                for (String value : values(operand)) {
                    result.addOperand(value);
                }
            }
        }
        return result;
    }

    private static String[] values(ArgSpec arg) {
        Object value = arg.getValue();
        return value instanceof String[] many ? many : new String[] {(String) value};
    }

    /** One command as picocli shows it. */
    static CommandSpec spec(CommandModel model) {
        return spec(model, true);
    }

    private static CommandSpec spec(CommandModel model, boolean toShow) {
        CommandSpec spec = bare("fangctl " + model.name(), model.summary());
        if (!model.examples().isEmpty()) {
            String[] footer = new String[model.examples().size() + 2];
            footer[0] = "";
            footer[1] = "Examples:";
            for (int i = 0; i < model.examples().size(); i++) {
                footer[i + 2] =
                        "  " + model.examples().get(i).replace("%", "%%").replace("\n", "%n  ");
            }
            spec.usageMessage().footer(footer);
        }
        for (CommandModel.Option option : model.options()) {
            spec.addOption(option(option));
        }
        for (int i = 0; i < model.operands().size(); i++) {
            spec.addPositional(operand(model.operands().get(i), i));
        }
        if (toShow && model.trailing() != null) {
            String label = model.trailing().label();
            // picocli has no word for it; parsed it never is.
            spec.addPositional(PositionalParamSpec.builder()
                    .index(model.operands().size() + "..*")
                    .arity("0..*")
                    .type(String[].class)
                    .paramLabel("-- " + label + "...")
                    .hideParamSyntax(true)
                    .description(model.trailing().description())
                    .build());
        }
        return spec;
    }

    /** A command with nothing but a name. */
    static CommandSpec bare(String name, String summary) {
        CommandSpec spec = CommandSpec.create().name(name);
        spec.usageMessage()
                .description(summary.replace("%", "%%"))
                .sortOptions(false)
                .width(HELP_COLUMNS);
        return spec;
    }

    private static OptionSpec option(CommandModel.Option option) {
        OptionSpec.Builder builder = OptionSpec.builder(option.names().toArray(new String[0]))
                .description(option.description().replace("%", "%%"));
        if (option.key().equals("-h")) {
            builder.usageHelp(true);
        } else if (option.isFlag()) {
            builder.type(boolean.class).arity("0");
        } else {
            builder.type(option.repeatable() ? String[].class : String.class)
                    .arity(option.bare() ? "0..1" : "1")
                    .paramLabel(option.label());
            if (option.bare()) {
                builder.fallbackValue("");
            }
        }
        return builder.build();
    }

    private static PositionalParamSpec operand(CommandModel.Operand operand, int index) {
        String least = operand.required() ? "1" : "0";
        return PositionalParamSpec.builder()
                .index(operand.many() ? index + "..*" : Integer.toString(index))
                .type(operand.many() ? String[].class : String.class)
                .arity(operand.many() ? least + "..*" : operand.required() ? "1" : "0..1")
                .required(operand.required())
                .paramLabel(operand.label())
                .description(operand.description().replace("%", "%%"))
                .build();
    }
}
