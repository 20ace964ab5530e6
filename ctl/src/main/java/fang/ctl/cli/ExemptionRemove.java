// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Condition;
import fang.ctl.model.Errno;
import fang.ctl.model.ExemptionState;
import fang.ctl.model.Failure;
import fang.ctl.model.GroupName;
import fang.ctl.model.Printable;
import fang.ctl.model.Problem;
import fang.ctl.plan.ItemEditor;
import java.io.IOException;
import java.util.List;

/** {@code fangctl exemption remove}. */
final class ExemptionRemove extends Command {
    ExemptionRemove() {
        super("exemption remove", "Ends exemptions.", "fangctl exemption remove av exe=/usr/sbin/clamd");
        operand("GROUP", "Its name.", true);
        operands("TYPE=VALUE", "As for exemption add, or the exemption's name.", true);
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        GroupName group = context.existing(operand(args, 0));
        for (String operand : operands(args, 1)) {
            Condition condition = operand.contains("=") ? RuleWords.exemption(operand, context.users()) : null;
            List<ExemptionState> found = context.exemptions(group).stream()
                    .filter(state -> condition == null
                            ? state.name().equals(operand)
                            : state.condition().filter(condition::equals).isPresent())
                    .toList();
            if (found.isEmpty()) {
                throw new Failure(
                        Failure.Kind.REFUSED,
                        new Problem(
                                null,
                                "exemption remove " + group + " " + Printable.of(operand),
                                Errno.ENOENT,
                                "no such exemption. Try: fangctl exemption list " + group));
            }
            for (ExemptionState state : found) {
                new ItemEditor(context.store()).removeExemption(group, state);
                context.println(group + ": - " + state.text());
            }
        }
        return ExitCode.DONE;
    }
}
