// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.GroupName;
import fang.ctl.model.RuleState;
import fang.ctl.plan.ItemEditor;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** {@code fangctl rule add}. */
final class RuleAdd extends Command {
    RuleAdd() {
        super(
                "rule add",
                "Adds one rule to those in force; the first whose conditions all hold decides. It is tried last, unless"
                        + " order says otherwise.",
                "fangctl rule add av subtree=/srv/share/quarantine respond=deny",
                "fangctl rule add av uid=backup exe=/usr/bin/rsync respond=allow order=5 --name backup");
        operand("GROUP", "Its name.", true);
        operands(
                "KEY=VALUE",
                "Conditions: subtree=DIR, exe=PATH, uid=USER, cgroup=PATH, kinds=KINDS. Then respond=allow, deny or"
                        + " ask, and order=NUMBER (lowest first).",
                true);
        option("NAME", "Its name, which denials show. Default: made of what it says.", "--name");
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        GroupName group = context.existing(operand(args, 0));
        RuleWords words = RuleWords.parse(List.of(operands(args, 1)), context.users());
        String name = RuleWords.name(option(args, "--name", null));
        List<RuleState> before = context.rules(group).ofActiveSet();
        String added = new ItemEditor(context.store()).addRule(group, words.rule(), name, words.order());
        Optional<RuleState> old = before.stream()
                .filter(state -> state.name().equals(added) && state.enabled())
                .findFirst();
        context.println(group + ": " + (old.isPresent() ? "already " : "+ ") + added + ": " + words.rule());
        return ExitCode.DONE;
    }
}
