// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Attribute;
import fang.ctl.model.Group;
import fang.ctl.model.GroupName;
import fang.ctl.model.Printable;
import fang.ctl.model.Suggestions;
import fang.ctl.output.JsonDocuments;
import fang.ctl.output.Text;
import java.io.IOException;

/** {@code fangctl show}. */
final class Show extends Command {
    Show() {
        super(
                "show",
                "Shows a group, or the value of one of its attributes alone. Needs no root.",
                "fangctl show av",
                "fangctl show av timeout",
                "fangctl show av -o json | jq .stats");
        operand("GROUP", "Its name.", true);
        operand("KEY", "An attribute, under its name in profiles.", false);
        documentFormat();
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        boolean json = json(args, context);
        GroupName name = context.existing(operand(args, 0));
        String key = operand(args, 1);
        if (key != null) {
            context.println(value(name, key, context));
            return ExitCode.DONE;
        }
        Group group = context.group(name);
        if (json) {
            context.printJson(out -> JsonDocuments.group(out, group));
        } else {
            context.print(Text.show(group, context.layout()));
        }
        return ExitCode.DONE;
    }

    private static String value(GroupName name, String key, Context context) {
        Attribute attribute = Attribute.ofKey(key);
        if (attribute == null) {
            throw usage("unknown key \"" + Printable.of(key) + "\"" + Suggestions.hint(key, Attribute.keys()));
        }
        return attribute.type().format(context.store().readText("groups/" + name + "/" + attribute.file()));
    }
}
