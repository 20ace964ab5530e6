// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.RuleSet;
import fang.ctl.output.JsonRules;
import fang.ctl.output.Text;
import java.io.IOException;

/** {@code fangctl rule list}. */
final class RuleList extends Command {
    RuleList() {
        super(
                "rule list",
                "Lists a group's rules in the order in which they are tried. Needs no root.",
                "fangctl rule list av",
                "fangctl rule list av -o json | jq -r '.[] | select(.hits == \"0\").name'");
        operand("GROUP", "Its name.", true);
        documentFormat();
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        boolean json = json(args, context);
        RuleSet rules = context.rules(context.existing(operand(args, 0)));
        if (json) {
            context.printJson(out -> JsonRules.rules(out, rules));
        } else {
            context.print(Text.rules(rules).text(context.layout()));
        }
        return ExitCode.DONE;
    }
}
