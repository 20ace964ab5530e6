// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Group;
import fang.ctl.model.GroupName;
import fang.ctl.output.JsonDocuments;
import fang.ctl.output.Text;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code fangctl stats}. */
final class Stats extends Command {
    private static final String INTERVAL = "1s";

    Stats() {
        super(
                "stats",
                "Shows a group's counters; or, with --watch, how those of some groups or all go on, until Ctrl-C. Needs no"
                        + " root.",
                "fangctl stats av",
                "fangctl stats av -o json",
                "fangctl stats --watch",
                "fangctl stats av idx --watch 10s",
                "fangctl stats --watch -o jsonl | jq -c '.groups[] | [.name, .rates.asked]'");
        operands("GROUP", "Its name. Exactly one without --watch; with it any number, and none stands for all.", false);
        optional(
                "INTERVAL",
                "Show after each interval (1s, if it is left out) how often a second everything happened meanwhile, beside"
                        + " the totals; what never happened is left out of the table. Groups may come and go; one that"
                        + " was made anew counts from 0. Ends with exit code 3 when the module is unloaded.",
                "--watch");
        option("N", "With --watch: end after N intervals.", "-n", "--count");
        choice(
                "FORMAT",
                "text (default), json, or with --watch jsonl: a line after each interval",
                List.of("text", "json", "jsonl"),
                "-o",
                "--output");
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        String format = word(args, "-o", "text", "text", "json", "jsonl");
        context.setJson(format.equals("json"));
        boolean watch = has(args, "--watch");
        if (format.equals(watch ? "json" : "jsonl")) {
            throw usage(
                    watch
                            ? "--watch goes with -o jsonl, not with -o json: there is no end"
                            : "-o jsonl goes with --watch; of a single document it is -o json");
        }
        if (watch) {
            return watch(args, format.equals("jsonl"), context);
        }
        if (has(args, "--count")) {
            throw usage("--count goes with --watch");
        }
        if (args.operands().size() != 1) {
            throw usage("one GROUP goes without --watch. Try: fangctl list, or fangctl stats --watch for all");
        }
        Group group = context.group(context.existing(operand(args, 0)));
        if (context.isJson()) {
            context.printJson(out -> JsonDocuments.stats(out, group.stats(), group.waits()));
        } else {
            context.print(Text.stats(group).text(context.layout()));
        }
        return ExitCode.DONE;
    }

    private static int watch(ParseResult args, boolean json, Context context) throws IOException {
        List<String> words = new ArrayList<>(args.operands());
        String interval = option(args, "--watch", "");
        if (!interval.isEmpty() && !Character.isDigit(interval.charAt(0))) {
            // What else may stand there is the first group.
            words.add(0, interval);
            interval = "";
        }
        long millis = interval("--watch", interval.isEmpty() ? INTERVAL : interval);
        long count = count(args);
        List<GroupName> names = new ArrayList<>();
        for (String word : words) {
            GroupName name = context.existing(word);
            if (!names.contains(name)) {
                names.add(name);
            }
        }
        return new StatsWatch(names, millis, count, json, context).run();
    }
}
