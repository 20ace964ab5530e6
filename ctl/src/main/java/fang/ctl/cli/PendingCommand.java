// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.configfs.GroupReader;
import fang.ctl.model.AccessRequest;
import fang.ctl.model.Durations;
import fang.ctl.model.GroupName;
import fang.ctl.model.Printable;
import fang.ctl.output.JsonDocuments;
import fang.ctl.output.Table;
import fang.ctl.output.Table.Fit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code fangctl pending}. */
final class PendingCommand extends Command {
    PendingCommand() {
        super(
                "pending",
                "Lists access requests that wait for a response, of one group or all.",
                "fangctl pending",
                "fangctl pending av -o json | jq -r '.[].id'");
        operand("GROUP", "Its name.", false);
        documentFormat();
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        boolean json = json(args, context);
        String text = operand(args, 0);
        GroupReader reader = context.reader();
        List<GroupName> names = text == null ? reader.names() : List.of(context.existing(text));
        List<AccessRequest> requests = new ArrayList<>();
        for (GroupName name : names) {
            var pending = reader.pending(name);
            requests.addAll(pending.requests());
            if (pending.more() > 0) {
                context.note(name + ": ... and " + pending.more() + " more");
            }
        }
        Comm comm = new Comm();
        if (json) {
            context.printJson(out -> {
                out.writeStartArray();
                for (AccessRequest request : requests) {
                    JsonDocuments.request(out, request, comm.of((int) request.pid()));
                }
                out.writeEndArray();
            });
        } else {
            context.print(table(requests, comm).text(context.layout()));
        }
        return ExitCode.DONE;
    }

    private static Table table(List<AccessRequest> requests, Comm comm) {
        Table table = Table.titled(
                "GROUP",
                Fit.MIDDLE,
                "ID",
                Fit.WHOLE,
                "KIND",
                Fit.END,
                "PID",
                Fit.WHOLE,
                "COMM",
                Fit.MIDDLE,
                "AGE",
                Fit.WHOLE,
                "HOLDER",
                Fit.WHOLE);
        for (AccessRequest request : requests) {
            String name = Printable.of(comm.of((int) request.pid()));
            table.row(
                    request.group().text(),
                    Long.toUnsignedString(request.id()),
                    request.kind(),
                    Long.toString(request.pid()),
                    name.isEmpty() ? "-" : name,
                    Durations.format(request.ageMillis()),
                    request.holder());
        }
        return table;
    }
}
