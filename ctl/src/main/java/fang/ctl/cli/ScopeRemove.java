// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.AllScope;
import fang.ctl.model.Errno;
import fang.ctl.model.Failure;
import fang.ctl.model.GroupName;
import fang.ctl.model.Printable;
import fang.ctl.model.Problem;
import fang.ctl.model.Scope;
import fang.ctl.model.ScopeState;
import fang.ctl.model.Scopes;
import fang.ctl.plan.ScopeEditor;
import java.io.IOException;
import java.util.List;

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
        // With all go scopes that somebody else may be making.
        Exclusive lock = Exclusive.take(Exclusive.WAIT_S, context);
        try {
            for (String operand : operands(args, 1)) {
                remove(name, operand, context);
            }
        } finally {
            lock.close();
        }
        return ExitCode.DONE;
    }

    private static void remove(GroupName name, String operand, Context context) throws IOException {
        Scopes scopes = context.reader().scopes(name);
        if (scopes.hasAll() && AllScope.device(operand).isPresent()) {
            throw new Failure(
                    Failure.Kind.REFUSED,
                    new Problem(
                            null,
                            "scope remove " + name + " " + operand,
                            null,
                            "it is of all. Try: fangctl scope remove " + name + " all"));
        }
        List<ScopeState> candidates = scopes.hasAll() ? scopes.named() : scopes.states();
        List<ScopeState> found = candidates.stream()
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
            context.println(name + ": - " + state.scope().map(Scope::toString).orElse(state.name()));
        }
    }
}
