// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.GroupName;
import fang.ctl.plan.FastpathStore;
import java.io.IOException;

/** {@code fangctl fastpath flush}. */
final class FastpathFlush extends Command {
    FastpathFlush() {
        super(
                "fastpath flush",
                "Forgets every file at once, as after new virus definitions.",
                "fangctl fastpath flush av");
        operands("GROUP", "Their names.", true);
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        for (String text : operands(args, 0)) {
            GroupName name = context.existing(text);
            new FastpathStore(context.store()).flush(name);
            context.println(name + ": flushed");
        }
        return ExitCode.DONE;
    }
}
