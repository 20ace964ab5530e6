// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.configfs.Protection;
import fang.ctl.model.Group;
import fang.ctl.output.JsonRules;
import fang.ctl.output.Text;
import java.io.IOException;
import java.util.List;

/** {@code fangctl status}. */
final class Status extends Command {
    Status() {
        super(
                "status",
                "Shows all groups on one screen; exit 1 if a group that is enabled and asks does not protect its files"
                        + " now. Needs no root.",
                "fangctl status",
                "fangctl status -o json | jq -r '.groups[] | select(.unprotected != []).name'");
        documentFormat();
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        boolean json = json(args, context);
        List<Group> groups = context.reader().readAll();
        Protection protection = new Protection(
                context.environment().module(), Follower.running(context).isPresent());
        boolean all = groups.stream().allMatch(group -> protection.holes(group).isEmpty());
        if (json) {
            context.printJson(out -> JsonRules.status(out, groups, protection.isEnforced(), protection::holes));
        } else {
            context.print(Text.status(groups, protection::holes).text(context.layout()));
            if (!protection.isEnforced()) {
                context.println("enforce is off: every access request is allowed at once");
            }
        }
        return all ? ExitCode.DONE : ExitCode.NO;
    }
}
