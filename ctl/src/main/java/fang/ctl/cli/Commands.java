// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The table of commands. Only the one that is named gets built; all of them only for help. */
final class Commands {
    /** In the order of --help. */
    static final List<String> NAMES = List.of(
            "apply",
            "try",
            "diff",
            "check",
            "explain",
            "export",
            "migrate",
            "schema",
            "create",
            "set",
            "delete",
            "show",
            "list",
            "enable",
            "disable",
            "scope add",
            "scope remove",
            "scope list",
            "scope follow",
            "rule add",
            "rule remove",
            "rule list",
            "exemption add",
            "exemption remove",
            "exemption list",
            "fastpath add",
            "fastpath remove",
            "fastpath flush",
            "serve",
            "listen",
            "pending",
            "respond",
            "denials",
            "status",
            "stats",
            "top",
            "metrics",
            "doctor",
            "reload-module",
            "batch",
            "completion");

    private Commands() {}

    /** First words: commands of their own and those that have others below them. */
    static List<String> firstWords() {
        return NAMES.stream().map(name -> name.split(" ")[0]).distinct().toList();
    }

    static Optional<Command> of(String name) {
        // An object until it is chosen: to be sure that each is a command Java would load the classes of all.
        Object command = switch (name) {
            case "apply" -> new Apply();
            case "try" -> new Try();
            case TryWatcher.NAME -> new TryWatcher();
            case "diff" -> new Diff();
            case "check" -> new Check();
            case "explain" -> new Explain();
            case "export" -> new Export();
            case "migrate" -> new Migrate();
            case "schema" -> new Schema();
            case "create" -> new Create();
            case "set" -> new SetCommand();
            case "delete" -> new Delete();
            case "show" -> new Show();
            case "list" -> new ListCommand();
            case "enable" -> new Enable(true);
            case "disable" -> new Enable(false);
            case "scope add" -> new ScopeAdd();
            case "scope remove" -> new ScopeRemove();
            case "scope list" -> new ScopeList();
            case "scope follow" -> new ScopeFollow();
            case "rule add" -> new RuleAdd();
            case "rule remove" -> new RuleRemove();
            case "rule list" -> new RuleList();
            case "exemption add" -> new ExemptionAdd();
            case "exemption remove" -> new ExemptionRemove();
            case "exemption list" -> new ExemptionList();
            case "fastpath add" -> new FastpathEdit(true);
            case "fastpath remove" -> new FastpathEdit(false);
            case "fastpath flush" -> new FastpathFlush();
            case "serve" -> new Serve();
            case "listen" -> new Listen();
            case "pending" -> new PendingCommand();
            case "respond" -> new Respond();
            case "denials" -> new Denials();
            case "status" -> new Status();
            case "stats" -> new Stats();
            case "top" -> new Top();
            case "metrics" -> new MetricsCommand();
            case "doctor" -> new Doctor();
            case "reload-module" -> new ReloadModule();
            case "batch" -> new Batch();
            case "completion" -> new Completion();
            default -> null;
        };
        return Optional.ofNullable((Command) command);
    }

    /** The whole tree, for help. */
    static CommandSpec tree() {
        CommandSpec root = parent("fangctl", "Configures and serves Fang's listener groups.");
        root.addOption(OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .description("Show version and protocol and exit.")
                .build());
        root.usageMessage()
                .footer(
                        "",
                        "fangctl COMMAND --help tells more, with examples.",
                        "",
                        "Exit: 0 done, 1 the answer is no, 2 usage, 3 module absent or unusable, 4 profile invalid,",
                        "5 refused, 6 failed and rolled back, 7 rolled back in part, 8 busy, 9 other failure,",
                        "77 no permission, 130 Ctrl-C.");
        for (String name : NAMES) {
            String[] words = name.split(" ");
            CommandSpec parent = root;
            if (words.length > 1) {
                if (!root.subcommands().containsKey(words[0])) {
                    root.addSubcommand(words[0], parent(words[0], parentSummary(words[0])));
                }
                parent = root.subcommands().get(words[0]).getCommandSpec();
            }
            String last = words[words.length - 1];
            parent.addSubcommand(
                    last, PicocliParser.spec(of(name).orElseThrow().model()).name(last));
        }
        return root;
    }

    private static CommandSpec parent(String name, String summary) {
        CommandSpec spec = PicocliParser.bare(name, summary);
        spec.usageMessage().synopsisSubcommandLabel("COMMAND");
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Show this and exit.")
                .build());
        return spec;
    }

    private static String parentSummary(String word) {
        return switch (word) {
            case "scope" -> "Says which files a group hears of.";
            case "rule" -> "Decides requests without a listener; the first rule that matches wins.";
            case "exemption" -> "Says who or what raises nothing in a group.";
            default -> "Remembers files whose requests a group allows at once.";
        };
    }
}
