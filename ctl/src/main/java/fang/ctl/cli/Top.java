// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.GroupName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code fangctl top}. */
final class Top extends Command {
    private static final String INTERVAL = "2s";

    Top() {
        super(
                "top",
                "Shows on a full screen what groups do a second, what waits and for how long, and which processes and files"
                        + " keep them busy; q ends. Processes, files and the oldest wait are for root.",
                "fangctl top",
                "fangctl top av --interval 5s",
                "fangctl top -b -n 1",
                "fangctl top -o jsonl | jq -r '.files[0].path'");
        operands("GROUP", "Show these; without any, all.", false);
        option("INTERVAL", "Show after each interval what happened meanwhile: 2s, or 100ms to 24h.", "--interval");
        option("N", "End after N intervals.", "-n", "--count");
        flag(
                "Plain text, one picture below the other, without escape sequences; so it is anyway if stdout is no terminal"
                        + " or TERM is dumb.",
                "-b",
                "--batch");
        choice(
                "FORMAT",
                "text (default) or jsonl: a line after each interval",
                List.of("text", "jsonl"),
                "-o",
                "--output");
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        boolean json = word(args, "-o", "text", "text", "jsonl").equals("jsonl");
        long millis = interval("--interval", option(args, "--interval", INTERVAL));
        long count = count(args);
        context.store();
        List<GroupName> names = new ArrayList<>();
        for (String word : args.operands()) {
            GroupName name = context.existing(word);
            if (!names.contains(name)) {
                names.add(name);
            }
        }
        boolean screen = !json
                && !has(args, "-b")
                && context.isRealStdout()
                && context.environment().terminal().isScreen();
        try (TopLoop loop = new TopLoop(names, millis, count, context)) {
            return screen ? loop.onScreen() : loop.inLines(json);
        }
    }
}
