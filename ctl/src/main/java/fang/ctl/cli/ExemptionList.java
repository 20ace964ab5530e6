// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.ExemptionState;
import fang.ctl.output.JsonRules;
import fang.ctl.output.Table;
import fang.ctl.output.Text;
import java.io.IOException;
import java.util.List;

/** {@code fangctl exemption list}. */
final class ExemptionList extends Command {
    ExemptionList() {
        super("exemption list", "Lists a group's exemptions. Needs no root.", "fangctl exemption list av");
        operand("GROUP", "Its name.", true);
        documentFormat();
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        boolean json = json(args, context);
        List<ExemptionState> exemptions = context.exemptions(context.existing(operand(args, 0)));
        if (json) {
            context.printJson(out -> JsonRules.exemptions(out, exemptions));
        } else {
            Table table = Table.of(Table.Fit.MIDDLE);
            for (ExemptionState state : exemptions) {
                table.row(Text.exemption(state));
            }
            context.print(table.text(context.layout()));
        }
        return ExitCode.DONE;
    }
}
