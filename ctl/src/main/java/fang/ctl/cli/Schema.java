// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.output.ProfileSchema;
import java.io.IOException;

/** {@code fangctl schema}. */
final class Schema extends Command {
    Schema() {
        super(
                "schema",
                "Writes the JSON Schema of profiles, for editors. Needs neither root nor module.",
                "fangctl schema > /etc/fang/fang-profile.schema.json");
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        context.printJson(ProfileSchema::write);
        return ExitCode.DONE;
    }
}
