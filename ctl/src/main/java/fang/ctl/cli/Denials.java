// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.configfs.DenialReader;
import fang.ctl.model.Denial;
import fang.ctl.model.GroupName;
import fang.ctl.model.Printable;
import fang.ctl.output.JsonRules;
import fang.ctl.output.TextWidth;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** {@code fangctl denials}. */
final class Denials extends Command {
    /** Of a path that is shown at all. */
    private static final int PATH_LEAST = 12;

    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final Comm comm = new Comm();

    Denials() {
        super(
                "denials",
                "Shows what was denied last, of one group or all, newest last: at most 100 a group.",
                "fangctl denials",
                "fangctl denials av -o json | jq -r '.[] | select(.reason == \"rule\").path'");
        operand("GROUP", "Its name.", false);
        documentFormat();
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        boolean json = json(args, context);
        String text = operand(args, 0);
        List<GroupName> names = text == null ? context.reader().names() : List.of(context.existing(text));
        List<Denial> denials = new ArrayList<>();
        for (GroupName name : names) {
            var found = DenialReader.read(context.store(), name);
            denials.addAll(found.denials());
            if (found.more() > 0) {
                context.note(name + ": " + found.more() + " older ones are not shown");
            }
        }
        denials.sort(Comparator.comparingLong(Denial::timeNs));
        long bootToWall = denials.isEmpty()
                ? 0
                : System.currentTimeMillis() * 1_000_000
                        - context.environment().posix().bootTimeNs();
        if (json) {
            context.printJson(out -> {
                out.writeStartArray();
                for (Denial denial : denials) {
                    JsonRules.denial(out, denial, time(denial, bootToWall), comm.of(denial.pid()));
                }
                out.writeEndArray();
            });
            return ExitCode.DONE;
        }
        var lines = new StringBuilder();
        var clock = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS").withZone(ZoneId.systemDefault());
        int columns = context.layout().columns();
        for (Denial denial : denials) {
            String head = clock.format(time(denial, bootToWall)) + " " + head(denial);
            String path = denial.path() == null ? "" : denial.path().display();
            lines.append(line(head, path, columns)).append('\n');
        }
        context.print(lines.toString());
        return ExitCode.DONE;
    }

    private static Instant time(Denial denial, long bootToWall) {
        long wall = denial.timeNs() + bootToWall;
        return Instant.ofEpochSecond(Math.floorDiv(wall, NS_PER_SECOND), Math.floorMod(wall, NS_PER_SECOND));
    }

    /** No longer than the terminal is wide: of a path the end tells most. */
    private static String line(String head, String path, int columns) {
        int left = columns - TextWidth.of(head) - 1;
        return path.isEmpty() || left < Math.min(PATH_LEAST, TextWidth.of(path))
                ? TextWidth.cutEnd(head + (path.isEmpty() ? "" : " " + path), columns)
                : head + " " + TextWidth.cutStart(path, left);
    }

    private String head(Denial denial) {
        String name = Printable.of(comm.of(denial.pid()));
        return denial.group() + " " + denial.kind() + " " + denial.reason()
                + (denial.rule() == null ? "" : "=" + denial.rule())
                + " pid=" + denial.pid() + (name.isEmpty() ? "" : "(" + name + ")")
                + " uid=" + denial.uid();
    }
}
