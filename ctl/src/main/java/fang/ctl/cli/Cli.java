// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.abi.Abi;
import fang.ctl.configfs.Refusals;
import fang.ctl.configfs.StoreException;
import fang.ctl.model.Errno;
import fang.ctl.model.Failure;
import fang.ctl.model.Printable;
import fang.ctl.model.Problem;
import fang.ctl.model.Suggestions;
import fang.ctl.output.JsonDocuments;
import fang.ctl.sys.SysException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Finds the command that argv names, runs it, and turns every failure into a line on stderr and an exit code. */
public final class Cli {
    /** The library takes no fewer. */
    private static final int HELP_COLUMNS_MIN = 55;

    private final Environment environment;

    public Cli(Environment environment) {
        this.environment = environment;
    }

    /** Runs one command; see {@link fang.ctl.Main#run}. */
    public int run(String[] args, InputStream in, OutputStream out, PrintStream err) {
        return run(args, new Context(in, out, err, environment));
    }

    /** One command with its outcome told. */
    static int run(String[] args, Context context) {
        try {
            return dispatch(args, context);
        } catch (ParameterException e) {
            return report(new Failure(Failure.Kind.USAGE, message(e)), context);
        } catch (Failure | StoreException | SysException e) {
            return tell(e, context);
        } catch (StdoutException e) {
            if (e.isClosed()) {
                return ExitCode.DONE;
            }
            context.note("standard output: " + e.getMessage());
            return ExitCode.OTHER;
        } catch (IOException e) {
            return report(new Failure(Failure.Kind.OTHER, Printable.of(String.valueOf(e.getMessage()))), context);
        } catch (RuntimeException | LinkageError e) {
            // Not 1, which is an answer: whoever asked must not take a fault of ours for it.
            context.note("internal error, please report it: " + Printable.of(e.toString()));
            e.printStackTrace(context.err());
            return ExitCode.OTHER;
        } finally {
            context.ended();
        }
    }

    /** What was refused, for commands that go on with something else. */
    static int tell(RuntimeException refused, Context context) {
        if (refused instanceof StoreException e) {
            return report(explained(e, context), context);
        }
        return report(refused instanceof SysException e ? explained(e) : (Failure) refused, context);
    }

    private static int dispatch(String[] args, Context context) throws IOException {
        if (args.length == 0) {
            context.say(usage(Commands.tree(), context).stripTrailing());
            return ExitCode.USAGE;
        }
        switch (args[0]) {
            case "-h", "--help", "help":
                return help(Arrays.copyOfRange(args, 1, args.length), context);
            case "-V", "--version":
                context.println("fangctl " + version() + ", protocol " + Abi.FANG_ABI_MAX);
                return ExitCode.DONE;
            default:
        }
        int words = 1;
        Optional<Command> command = Commands.of(args[0]);
        if (command.isEmpty() && args.length > 1) {
            words = 2;
            command = Commands.of(args[0] + " " + args[1]);
        }
        if (command.isEmpty()) {
            return noCommand(args, context);
        }
        return run(command.get(), Arrays.copyOfRange(args, words, args.length), context);
    }

    /** This program's. */
    static String version() {
        String version = Cli.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }

    private static int run(Command command, String[] args, Context context) throws IOException {
        // Before the parser has a say: its errors are JSON, too.
        context.setJson(
                Arrays.asList(args).contains("json") || Arrays.asList(args).contains("-ojson"));
        int end = command.model().trailing() == null ? -1 : Arrays.asList(args).indexOf("--");
        String[] own = end < 0 ? args : Arrays.copyOf(args, end);
        ParseResult parsed = PlainArguments.parse(command.model(), own);
        if (parsed == null) {
            parsed = PicocliParser.parse(command.model(), own);
        }
        if (parsed == null) {
            context.print(usage(PicocliParser.spec(command.model()), context));
            return ExitCode.DONE;
        }
        if (end >= 0) {
            parsed.setTrailing(Arrays.asList(args).subList(end + 1, args.length));
        }
        return command.run(parsed, context);
    }

    private static int help(String[] words, Context context) throws IOException {
        CommandSpec spec = Commands.tree();
        for (String word : words) {
            CommandLine child = spec.subcommands().get(word);
            if (child == null) {
                throw new Failure(
                        Failure.Kind.USAGE,
                        unknownCommand(word, List.copyOf(spec.subcommands().keySet())));
            }
            spec = child.getCommandSpec();
        }
        context.print(usage(spec, context));
        return ExitCode.DONE;
    }

    /** As wide as the terminal, if that is narrower. */
    private static String usage(CommandSpec spec, Context context) {
        int columns = Math.min(context.layout().columns(), PicocliParser.HELP_COLUMNS);
        return new CommandLine(spec)
                .setUsageHelpWidth(Math.max(columns, HELP_COLUMNS_MIN))
                .getUsageMessage(Ansi.OFF);
    }

    private static int noCommand(String[] args, Context context) throws IOException {
        if (args[0].startsWith("-")) {
            throw new Failure(
                    Failure.Kind.USAGE,
                    "\"" + Printable.of(args[0])
                            + "\" stands before the command: options come after it, as in fangctl list" + " -o json");
        }
        List<String> below = Commands.NAMES.stream()
                .filter(name -> name.startsWith(args[0] + " "))
                .map(name -> name.substring(args[0].length() + 1))
                .toList();
        if (below.isEmpty()) {
            throw new Failure(Failure.Kind.USAGE, unknownCommand(args[0], Commands.firstWords()));
        }
        if (args.length > 1 && (args[1].equals("-h") || args[1].equals("--help"))) {
            return help(new String[] {args[0]}, context);
        }
        throw new Failure(
                Failure.Kind.USAGE,
                args.length == 1
                        ? args[0] + " what? One of " + String.join(", ", below)
                        : unknownCommand(args[0] + " " + args[1], Commands.NAMES));
    }

    private static String unknownCommand(String word, List<String> known) {
        return "unknown command \"" + Printable.of(word) + "\"" + Suggestions.hint(word, known)
                + ". Try: fangctl --help";
    }

    private static String message(ParameterException e) {
        String text = String.valueOf(e.getMessage());
        if (e instanceof UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            String word = unmatched.getUnmatched().get(0);
            List<String> names = e.getCommandLine().getCommandSpec().optionsMap().keySet().stream()
                    .sorted()
                    .toList();
            text = (word.startsWith("-") ? "unknown option " : "one argument too many: ") + "\"" + word + "\""
                    + (word.startsWith("-") ? Suggestions.hint(word, names) : "");
        }
        if (e instanceof MissingParameterException missing) {
            text = missing.getMissing().stream().map(ArgSpec::paramLabel).collect(Collectors.joining(", "))
                    + (missing.getMissing().size() == 1 ? " is missing" : " are missing");
        }
        return Printable.of(text) + ". Try: " + e.getCommandLine().getCommandName() + " --help";
    }

    private static Failure explained(StoreException e, Context context) {
        try {
            return new Refusals(context.anyStore()).explain(e);
        } catch (StoreException again) {
            // The group went away while its refusal was looked into.
            return new Failure(Failure.Kind.REFUSED, Problem.of(e.errno(), e.file()));
        }
    }

    private static Failure explained(SysException e) {
        String what = e.call() + (e.path().isEmpty() ? "" : " " + e.path());
        if (e.errno() == Errno.EACCES || e.errno() == Errno.EPERM) {
            return new Failure(Failure.Kind.PERMISSION, "no permission to " + what + " (run as root)");
        }
        return new Failure(
                Failure.Kind.REFUSED,
                new Problem(null, what, e.errno(), e.errno().text()));
    }

    private static int report(Failure failure, Context context) {
        for (Problem problem : failure.problems()) {
            if (problem.position() == null) {
                context.note(problem.toString());
            } else {
                context.say(problem.toString());
            }
        }
        boolean summed = failure.problems().stream()
                .anyMatch(problem -> problem.toString().equals(failure.getMessage()));
        if (!summed) {
            context.say(failure.getMessage());
        }
        if (context.isJson()) {
            try {
                context.printJson(json -> JsonDocuments.errors(json, failure.problems()));
            } catch (IOException e) {
                context.note("standard output: " + e.getMessage());
            }
        }
        return ExitCode.of(failure.kind());
    }
}
