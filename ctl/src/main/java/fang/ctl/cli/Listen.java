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
                "fangctl listen idx --no-clear -o jsonl | ./index | fangctl respond idx");
        operand("GROUP", "Its name.", true);
        choice("FORMAT", "text (default) or jsonl", List.of("text", "jsonl"), "-o", "--output");
        flag("Show only paths, a NUL after each.", "-0", "--null");
        option("N", "End after N events were shown.", "-n", "--count");
        option(
                "KINDS",
                "Show only these event kinds, commas between. A request that waits for a response is always shown.",
                "--kind");
        option("GLOB", "Show only paths that match; ** crosses directories.", "--path");
        choice("RESPONSE", "allow or deny every access request, shown or not.", List.of("allow", "deny"), "--respond");
        flag("With --respond allow: remember it until the file changes.", "--fastpath");
        flag("Let the own process group raise events.", "--no-exempt");
        flag(
                "Do not clear outstanding records of writes once they are shown: fangctl respond does, when they are dealt"
                        + " with.",
                "--no-clear");
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        String format = has(args, "-0") ? "paths" : word(args, "-o", "text", "text", "jsonl");
        String respond = word(args, "--respond", null, "allow", "deny");
        boolean fastpath = has(args, "--fastpath");
        if (fastpath && !"allow".equals(respond)) {
            throw usage("--fastpath goes with --respond allow");
        }
        GroupName name = context.existing(operand(args, 0));
        var options = new ListenLoop.Options(
                name,
                format,
                count(option(args, "--count", null)),
                kinds(option(args, "--kind", null)),
                matcher(option(args, "--path", null)),
                respond == null ? null : ResponseKind.ofWord(respond),
                fastpath,
                !has(args, "--no-exempt"),
                !has(args, "--no-clear"));
        return new ListenLoop(options, context).run();
    }

    private static long count(String text) {
        if (text == null) {
            return Long.MAX_VALUE;
        }
        try {
            return Long.parseLong(new ValueType.Number(1, Long.MAX_VALUE).parse(text));
        } catch (IllegalArgumentException e) {
            throw usage("--count: " + e.getMessage());
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
