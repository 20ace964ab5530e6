// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.configfs.GroupStore;
import fang.ctl.configfs.StoreException;
import fang.ctl.model.Errno;
import fang.ctl.model.GroupName;
import fang.ctl.model.Printable;
import fang.ctl.model.Response;
import fang.ctl.model.ResponseKind;
import fang.ctl.output.DecisionReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** {@code fangctl respond}. */
final class Respond extends Command {
    private boolean failed;

    Respond() {
        super(
                "respond",
                "Responds to access requests, or clears records of writes: one by its id, or those that decisions on stdin"
                        + " name, one a line: ID RESPONSE [fastpath], or JSON with the keys id, response, fastpath. Exit 1"
                        + " if one could not be responded to.",
                "fangctl respond av 17 deny",
                "fangctl respond av 18 allow fastpath",
                "fangctl respond idx 19 clear",
                "fangctl listen av -o jsonl | ./filter | fangctl respond av");
        operand("GROUP", "Its name.", true);
        operand("ID", "The request's or record's number, as in listen and pending.", false);
        operand(
                "RESPONSE",
                "allow, deny or more_time; clear if all that a record of writes tells is dealt with.",
                false,
                ResponseKind.words());
        operand("fastpath", "With allow: remember it until the file changes.", false, List.of("fastpath"));
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        GroupName name = context.existing(operand(args, 0));
        String id = operand(args, 1);
        if (id != null) {
            respond(name, decision(id, operand(args, 2), operand(args, 3)), true, context);
        } else {
            respondToAll(name, context);
        }
        return failed ? ExitCode.NO : ExitCode.DONE;
    }

    private static Response decision(String id, String response, String fastpath) {
        if (response == null) {
            throw usage("respond how? One of " + String.join(", ", ResponseKind.words()));
        }
        if (fastpath != null && !fastpath.equals("fastpath")) {
            throw usage("\"" + Printable.of(fastpath) + "\" is not the word fastpath");
        }
        try {
            return new Response(Response.parseId(id), ResponseKind.ofWord(response), fastpath != null);
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
    }

    private void respondToAll(GroupName name, Context context) throws IOException {
        warmUp(context.store(), name);
        var lines = new BufferedReader(new InputStreamReader(context.in(), StandardCharsets.UTF_8));
        long number = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            if (line.isBlank()) {
                continue;
            }
            try {
                respond(name, DecisionReader.parse(line), false, context);
            } catch (IllegalArgumentException e) {
                failed = true;
                context.note("line " + number + ": " + e.getMessage());
            }
        }
    }

    /** Loads what a decision needs before one is waited for; no id is 0, so this one is refused. */
    private static void warmUp(GroupStore store, GroupName name) {
        DecisionReader.parse("{\"id\":\"1\",\"response\":\"allow\",\"fastpath\":true,\"other\":[]}");
        DecisionReader.parse("1 deny");
        try {
            store.write("groups/" + name + "/respond", "0 allow");
        } catch (StoreException e) {
            if (e.call() != StoreException.Call.WRITE) {
                throw e;
            }
        }
    }

    private void respond(GroupName name, Response response, boolean tell, Context context) throws IOException {
        String id = name + " " + Long.toUnsignedString(response.id());
        try {
            context.store().write("groups/" + name + "/respond", response.toString());
        } catch (StoreException e) {
            if (e.call() != StoreException.Call.WRITE || e.errno() == Errno.EACCES) {
                throw e;
            }
            failed = true;
            String why = switch (e.errno()) {
                case ENOENT ->
                    response.kind() == ResponseKind.CLEAR
                            ? "no such outstanding record (cleared, not read yet or gone)"
                            : "no such request (responded to, timed out or gone)";
                case ERANGE -> "no more extensions";
                default -> e.detail();
            };
            context.say(id + ": " + (e.errno() == Errno.UNKNOWN ? "" : e.errno() + ": ") + why);
            return;
        }
        if (tell) {
            context.println(id + ": " + response.kind().word() + (response.fastpath() ? " fastpath" : ""));
        }
    }
}
