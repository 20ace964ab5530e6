// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Group;
import fang.ctl.profile.ProfileWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code fangctl export}. */
final class Export extends Command {
    Export() {
        super(
                "export",
                "Writes groups as a profile; applying it changes nothing. Needs no root.",
                "fangctl export > fang.yaml",
                "fangctl export antivirus | ssh other fangctl apply -f -");
        operands("GROUP", "Groups to write; all if none is named.", false);
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        List<Group> groups = new ArrayList<>();
        for (String name : operands(args, 0)) {
            groups.add(context.group(context.existing(name)));
        }
        if (groups.isEmpty()) {
            groups = context.reader().readAll();
        }
        context.print(ProfileWriter.write(groups));
        return ExitCode.DONE;
    }
}
