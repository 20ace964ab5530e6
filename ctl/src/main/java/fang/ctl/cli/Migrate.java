// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Printable;
import fang.ctl.model.Profile;
import java.io.IOException;

/**
 * {@code fangctl migrate}. There is one version so far, and so nothing to rewrite: what the reader takes is of this version.
 */
final class Migrate extends Command {
    Migrate() {
        super(
                "migrate",
                "Brings profiles of the version before to this one; those of this version stay as they are.",
                "fangctl migrate -f /etc/fang/profiles.d");
        ProfileOptions.add(this);
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        String[] names = ProfileOptions.files(args);
        ProfileFiles.look(names, context);
        for (String name : names.length == 0 ? new String[] {"profiles"} : names) {
            context.println(Printable.of(name) + ": already version " + Profile.VERSION);
        }
        return ExitCode.DONE;
    }
}
