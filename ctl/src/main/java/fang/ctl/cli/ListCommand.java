// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Group;
import fang.ctl.output.JsonDocuments;
import fang.ctl.output.Text;
import java.io.IOException;
import java.util.List;

/** {@code fangctl list}. */
final class ListCommand extends Command {
    ListCommand() {
        super(
                "list",
                "Lists all groups by name. Needs no root.",
                "fangctl list",
                "fangctl list -o json | jq -r '.[] | select(.listeners == 0).name'");
        documentFormat();
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        boolean json = json(args, context);
        List<Group> groups = context.reader().readAll();
        if (json) {
            context.printJson(out -> {
                out.writeStartArray();
                for (Group group : groups) {
                    JsonDocuments.group(out, group);
                }
                out.writeEndArray();
            });
        } else {
            context.print(Text.list(groups).text(context.layout()));
        }
        return ExitCode.DONE;
    }
}
