// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Scopes;
import fang.ctl.output.JsonDocuments;
import fang.ctl.output.Text;
import java.io.IOException;

/** {@code fangctl scope list}. */
final class ScopeList extends Command {
    ScopeList() {
        super("scope list", "Lists a group's scopes. Needs no root.", "fangctl scope list av");
        operand("GROUP", "Its name.", true);
        documentFormat();
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        boolean json = json(args, context);
        Scopes scopes = context.reader().scopes(context.existing(operand(args, 0)));
        if (json) {
            context.printJson(out -> JsonDocuments.scopes(out, scopes));
        } else {
            context.print(Text.scopes(scopes).text(context.layout()));
        }
        return ExitCode.DONE;
    }
}
