// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

/**
 * Binds arguments as nearly everybody writes them. picocli takes longer to start than most commands to run; whatever is not
 * plain here (clusters, abbreviations, --, help, anything wrong) is left to it, errors above all. A test holds the two to
 * the same results.
 */
final class PlainArguments {
    private PlainArguments() {}

    /** What picocli would make of them; null if that is for picocli to say. */
    static ParseResult parse(CommandModel model, String[] args) {
        ParseResult result = new ParseResult(model);
        for (int i = 0; i < args.length; i++) {
            String arg = args[i];
            if (!isPlain(arg) && !arg.startsWith("-")) {
                return null;
            }
            if (isPlain(arg)) {
                result.addOperand(arg);
                continue;
            }
            int equals = arg.startsWith("--") ? arg.indexOf('=') : -1;
            CommandModel.Option option = model.option(equals < 0 ? arg : arg.substring(0, equals));
            if (option == null || option.key().equals("-h") || result.has(option.key()) && !option.repeatable()) {
                return null;
            }
            String value = "";
            if (equals >= 0) {
                value = arg.substring(equals + 1);
            } else if (!option.isFlag() && i + 1 < args.length && !(option.bare() && isOption(args[i + 1]))) {
                value = args[++i];
            }
            boolean left = option.bare() && equals < 0 && value.isEmpty();
            if (option.isFlag() ? equals >= 0 : !isPlain(value) && !left) {
                return null;
            }
            result.addOption(option, value);
        }
        return fits(model, result.operands().size()) ? result : null;
    }

    private static boolean isOption(String arg) {
        return arg.startsWith("-") && arg.length() > 1;
    }

    /** No option, and nothing that picocli would unquote. */
    private static boolean isPlain(String arg) {
        return !arg.isEmpty() && !isOption(arg) && arg.indexOf('"') < 0;
    }

    private static boolean fits(CommandModel model, int operands) {
        int least = 0;
        int most = 0;
        for (CommandModel.Operand operand : model.operands()) {
            least += operand.required() ? 1 : 0;
            most = operand.many() ? Integer.MAX_VALUE : most + 1;
        }
        return operands >= least && operands <= most;
    }
}
