// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Errno;
import fang.ctl.model.Failure;
import fang.ctl.model.GroupName;
import fang.ctl.model.Printable;
import fang.ctl.model.Problem;
import fang.ctl.model.RuleSet;
import fang.ctl.model.RuleState;
import fang.ctl.plan.ItemEditor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code fangctl rule remove}. */
final class RuleRemove extends Command {
    RuleRemove() {
        super(
                "rule remove",
                "Removes rules by their names, or the one of the active set that says what is given.",
                "fangctl rule remove av deny-quarantine",
                "fangctl rule remove av subtree=/srv/share/quarantine respond=deny",
                "fangctl rule remove av --inactive");
        operand("GROUP", "Its name.", true);
        operands("NAME|KEY=VALUE", "Names; or conditions, respond and order as for rule add.", false);
        flag("Remove all rules of sets that are not in force.", "--inactive");
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        GroupName group = context.existing(operand(args, 0));
        List<String> operands = List.of(operands(args, 1));
        boolean others = has(args, "--inactive");
        if (operands.isEmpty() != others) {
            throw usage(others ? "--inactive goes without names" : "which rule? Try: fangctl rule list " + group);
        }
        RuleSet rules = context.rules(group);
        for (RuleState state : others ? rules.ofOtherSets() : find(group, rules, operands, context)) {
            new ItemEditor(context.store()).removeRule(group, state);
            context.println(group + ": - " + state.name() + ": " + state.text());
        }
        return ExitCode.DONE;
    }

    private static List<RuleState> find(GroupName group, RuleSet rules, List<String> operands, Context context) {
        List<RuleState> found = new ArrayList<>();
        if (operands.get(0).contains("=")) {
            RuleWords words = RuleWords.parse(operands, context.users());
            rules.ofActiveSet().stream()
                    .filter(state -> state.rule().filter(words.rule()::equals).isPresent())
                    .filter(state -> words.order() == null || words.order() == state.order())
                    .forEach(found::add);
            refuseNone(group, found.isEmpty() ? words.rule().toString() : null);
            return found;
        }
        for (String name : operands) {
            int before = found.size();
            rules.all().stream().filter(state -> state.name().equals(name)).forEach(found::add);
            refuseNone(group, found.size() == before ? Printable.of(name) : null);
        }
        return found.stream().distinct().toList();
    }

    private static void refuseNone(GroupName group, String what) {
        if (what != null) {
            throw new Failure(
                    Failure.Kind.REFUSED,
                    new Problem(
                            null,
                            "rule remove " + group + " " + what,
                            Errno.ENOENT,
                            "no such rule. Try: fangctl rule list " + group));
        }
    }
}
