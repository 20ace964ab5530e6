// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Errno;
import fang.ctl.model.Failure;
import fang.ctl.model.GroupName;
import fang.ctl.model.Printable;
import fang.ctl.model.Problem;
import fang.ctl.model.Scope;
import fang.ctl.model.ScopeState;
import fang.ctl.plan.ScopeEditor;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.ParseResult;

/** {@code fangctl scope remove}. */
final class ScopeRemove extends Command {
    ScopeRemove() {
        super("scope remove", "Lets a group no longer hear of files.", "fangctl scope remove idx subtree=/home");
        operand("GROUP", "Its name.", true);
        operands("TYPE=PATH", "As it was written, or the scope's name.", true);
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        GroupName name = context.existing(operand(args, 0));
        for (String operand : operands(args, 1)) {
            List<ScopeState> found = context.reader().scopes(name).stream()
                    .filter(state -> ScopeAdd.names(operand, state))
                    .toList();
            if (found.isEmpty()) {
                throw new Failure(
                        Failure.Kind.REFUSED,
                        new Problem(
                                null,
                                "scope remove " + name + " " + Printable.of(operand),
                                Errno.ENOENT,
                                "no such scope. Try: fangctl scope list " + name));
            }
            for (ScopeState state : found) {
                new ScopeEditor(context.store()).remove(name, state);
                context.println(
                        name + ": - " + state.scope().map(Scope::toString).orElse(state.name()));
            }
        }
        return ExitCode.DONE;
    }
}
