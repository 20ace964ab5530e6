// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.EventKind;
import fang.ctl.model.GroupName;
import fang.ctl.model.Printable;
import fang.ctl.model.ResponseKind;
import fang.ctl.model.ValueType;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.Set;
import java.util.regex.PatternSyntaxException;

/** {@code fangctl listen}. */
final class Listen extends Command {
    /** Each is a process and a thread here. */
    private static final int JOBS_MAX = 1024;

    Listen() {
        super(
                "listen",
                "Joins a group and shows its events until Ctrl-C, --count, or the group is gone. Its own process group"
                        + " (the whole pipeline) raises no events meanwhile.",
                "fangctl listen idx",
                "fangctl listen idx -o jsonl --kind close_write | jq -r .path",
                "fangctl listen idx -0 | xargs -0 -n1 ./index",
                "fangctl listen av --respond allow --fastpath",
                "fangctl listen av -o jsonl | ./filter | fangctl respond av",
                "fangctl listen idx --no-clear -o jsonl | ./index | fangctl respond idx",
                "fangctl listen idx --kind close_write -- ./index {}",
                "fangctl listen av --respond exit --jobs 8 -- clamdscan --no-summary --fdpass {}");
        operand("GROUP", "Its name.", true);
        choice("FORMAT", "text (default) or jsonl", List.of("text", "jsonl"), "-o", "--output");
        flag("Show only paths, a NUL after each.", "-0", "--null");
        option("N", "End after N events were shown.", "-n", "--count");
        option(
                "KINDS",
                "Show only these event kinds, commas between. A request that waits for a response is always shown.",
                "--kind");
        option("GLOB", "Show only paths that match; ** crosses directories.", "--path");
        choice(
                "RESPONSE",
                "allow or deny every access request, shown or not; or exit, by the exit code of COMMAND: 0 allows, 1"
                        + " denies, after every other on_timeout settles it.",
                List.of("allow", "deny", "exit"),
                "--respond");
        flag("What is allowed by --respond is remembered until the file changes.", "--fastpath");
        option("N", "How many commands run at a time. Default: one a processor.", "--jobs");
        flag("Let the own process group raise events.", "--no-exempt");
        flag(
                "Do not clear outstanding records of writes once they are shown: fangctl respond does, when they are dealt"
                        + " with.",
                "--no-clear");
        trailing(
                "COMMAND",
                "Behind --: run for each event instead of showing it, without a shell; {} in its words is the path. Exit 1"
                        + " if one failed.");
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        String format = has(args, "-0") ? "paths" : word(args, "-o", "text", "text", "jsonl");
        String respond = word(args, "--respond", null, "allow", "deny", "exit");
        boolean byExit = "exit".equals(respond);
        List<String> command = args.trailing();
        if (args.isTrailing() && command.isEmpty()) {
            throw usage("which command? Nothing stands behind --");
        }
        if (byExit && command.isEmpty()) {
            throw usage("--respond exit goes with a command: fangctl listen GROUP --respond exit -- COMMAND {}");
        }
        boolean fastpath = has(args, "--fastpath");
        if (fastpath && !byExit && !"allow".equals(respond)) {
            throw usage("--fastpath goes with --respond allow");
        }
        GroupName name = context.existing(operand(args, 0));
        var options = new ListenLoop.Options(
                name,
                format,
                count(args),
                kinds(option(args, "--kind", null)),
                matcher(option(args, "--path", null)),
                respond == null || byExit ? null : ResponseKind.ofWord(respond),
                fastpath,
                byExit,
                !has(args, "--no-exempt"),
                !has(args, "--no-clear"),
                command,
                jobs(option(args, "--jobs", null)));
        return new ListenLoop(options, context).run();
    }

    private static int jobs(String text) {
        if (text == null) {
            return Runtime.getRuntime().availableProcessors();
        }
        try {
            return Integer.parseInt(new ValueType.Number(1, JOBS_MAX).parse(text));
        } catch (IllegalArgumentException e) {
            throw usage("--jobs: " + e.getMessage());
        }
    }

    private static Set<String> kinds(String text) {
        if (text == null) {
            return null;
        }
        try {
            String words = new ValueType.Words("event kind", EventKind.words()).parse(text);
            return Set.copyOf(List.of(words.split(" ")));
        } catch (IllegalArgumentException e) {
            throw usage("--kind: " + e.getMessage());
        }
    }

    private static PathMatcher matcher(String glob) {
        try {
            return glob == null ? null : FileSystems.getDefault().getPathMatcher("glob:" + glob);
        } catch (PatternSyntaxException e) {
            throw usage("--path: " + Printable.of(e.getDescription()));
        }
    }
}
