// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Group;
import fang.ctl.output.JsonDocuments;
import fang.ctl.output.Text;
import java.io.IOException;

/** {@code fangctl stats}. */
final class Stats extends Command {
    Stats() {
        super("stats", "Shows a group's counters. Needs no root.", "fangctl stats av", "fangctl stats av -o json");
        operand("GROUP", "Its name.", true);
        documentFormat();
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        boolean json = json(args, context);
        Group group = context.group(context.existing(operand(args, 0)));
        if (json) {
            context.printJson(out -> JsonDocuments.stats(out, group));
        } else {
            context.print(Text.stats(group).text(context.layout()));
        }
        return ExitCode.DONE;
    }
}
