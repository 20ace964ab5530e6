// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.configfs.CounterReader;
import fang.ctl.configfs.Diagnosis;
import fang.ctl.configfs.Protection;
import fang.ctl.model.Printable;
import fang.ctl.model.Suggestions;
import fang.ctl.output.OutputSchema;
import fang.ctl.output.ProfileSchema;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code fangctl schema}. */
final class Schema extends Command {
    private static final String PROFILE = "profile";
    private static final String OUTPUT = "output";

    Schema() {
        super(
                "schema",
                "Writes the JSON Schema of profiles, for editors, or of what a command writes as JSON, for programs. Needs"
                        + " neither root nor module.",
                "fangctl schema > /etc/fang/fang-profile.schema.json",
                "fangctl schema list > list.schema.json",
                "fangctl schema output | jq '.\"$defs\" | keys'");
        operands(
                "NAME",
                "profile, which is the default; a command, such as list or rule-list; errors, which any command may write"
                        + " instead; or output, all of these.",
                false,
                names());
    }

    private static List<String> names() {
        List<String> names = new ArrayList<>(List.of(PROFILE, OUTPUT));
        names.addAll(OutputSchema.names());
        return names;
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        String name = args.operands().isEmpty() ? PROFILE : String.join("-", args.operands());
        if (name.equals(PROFILE)) {
            context.printJson(ProfileSchema::write);
            return ExitCode.DONE;
        }
        if (!names().contains(name)) {
            throw usage("\"" + Printable.of(name) + "\" is none of " + String.join(", ", names())
                    + Suggestions.hint(name, names()));
        }
        OutputSchema schema =
                new OutputSchema(CounterReader.names(), Diagnosis.checks().toList(), Protection.words());
        context.printJson(json -> {
            if (name.equals(OUTPUT)) {
                schema.write(json);
            } else {
                schema.write(json, name);
            }
        });
        return ExitCode.DONE;
    }
}
