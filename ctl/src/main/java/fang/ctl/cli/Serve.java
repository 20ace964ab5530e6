// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.GroupName;
import java.io.IOException;
import java.util.List;

/** {@code fangctl serve}. */
final class Serve extends Command {
    Serve() {
        super(
                "serve",
                "Responds to a group's access requests by the rules and the scanner of its profile, until Ctrl-C, SIGTERM, or"
                        + " the group is gone. SIGHUP reads the profile again. Any number may serve one group, and share the"
                        + " work.",
                "fangctl serve av",
                "fangctl serve av -f /etc/fang/av.yaml",
                "systemctl enable --now fang-serve@av");
        operand("GROUP", "Its name.", true);
        options(
                "FILE",
                "The profile, a directory of *.yaml, or several. Default: what the group was applied from.",
                "-f",
                "--file");
        choice(
                "WHERE",
                "Where denials and problems are told: journal, or stderr. Default: journal if systemd started it so, else"
                        + " stderr.",
                List.of("journal", "stderr"),
                "--log");
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        String log = word(args, "--log", null, "journal", "stderr");
        boolean journal =
                log == null ? context.environment().variable("JOURNAL_STREAM") != null : log.equals("journal");
        GroupName name = context.existing(operand(args, 0));
        var profile = new ServeProfile(name, ProfileOptions.files(args), context);
        return new ServeLoop(profile, journal, context).run();
    }
}
