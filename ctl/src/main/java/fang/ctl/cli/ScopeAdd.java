// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.AllScope;
import fang.ctl.model.GroupName;
import fang.ctl.model.Printable;
import fang.ctl.model.Scope;
import fang.ctl.model.ScopeState;
import fang.ctl.output.Text;
import fang.ctl.plan.ScopeEditor;
import java.io.IOException;

/** {@code fangctl scope add}. */
final class ScopeAdd extends Command {
    ScopeAdd() {
        super(
                "scope add",
                "Lets a group hear of more files, at once if it is enabled.",
                "fangctl scope add idx subtree=/home",
                "fangctl scope add av filesystem=/srv file=/etc/shadow",
                "fangctl scope add av all");
        operand("GROUP", "Its name.", true);
        operands(
                "TYPE=PATH",
                "subtree, filesystem or file, and an absolute path (\\ooo as in profiles); or all, for every file system that"
                        + " is mounted, now and later.",
                true);
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        GroupName name = context.existing(operand(args, 0));
        for (String operand : operands(args, 1)) {
            Scope scope = parse(operand);
            if (scope.isAll()) {
                addAll(name, context);
                continue;
            }
            boolean added = new ScopeEditor(context.store()).add(name, scope);
            context.println(name + ": " + (added ? "+ " : "already ") + scope);
        }
        return ExitCode.DONE;
    }

    private static void addAll(GroupName name, Context context) throws IOException {
        boolean already = context.reader().scopes(name).hasAll();
        CoverAll.run(name, context, () -> new ScopeEditor(context.store()).add(name, Scope.ALL));
        String all = Text.all(context.reader().scopes(name));
        context.println(name + ": " + (already ? "already " : "+ ") + all);
    }

    /**
     * A scope from {@code TYPE=PATH} or {@code all}.
     *
     * @throws fang.ctl.model.Failure USAGE
     */
    static Scope parse(String operand) {
        if (operand.equals(AllScope.WORD)) {
            return Scope.ALL;
        }
        int equals = operand.indexOf('=');
        if (equals < 0) {
            throw usage("\"" + Printable.of(operand) + "\" is not of the form TYPE=PATH");
        }
        try {
            return Scope.parse(operand.substring(0, equals), operand.substring(equals + 1));
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
    }

    /** Whether the operand names this scope, by {@code TYPE=PATH}, {@code all}, or by its directory. */
    static boolean names(String operand, ScopeState state) {
        return operand.contains("=")
                ? state.scope().isPresent() && state.scope().get().equals(parse(operand))
                : state.name().equals(operand);
    }
}
