// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** {@code fangctl completion}. */
final class Completion extends Command {
    private static final List<String> SHELLS = List.of("bash", "zsh");

    Completion() {
        super(
                "completion",
                "Writes a script that lets bash or zsh complete commands, options, groups, keys and their words. It asks no"
                        + " fangctl while it completes.",
                "fangctl completion bash > /etc/bash_completion.d/fangctl",
                "fangctl completion zsh > /usr/local/share/zsh/site-functions/_fangctl",
                "source <(fangctl completion bash)");
        operand("SHELL", "bash or zsh", true, SHELLS);
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        String shell = operand(args, 0);
        if (!SHELLS.contains(shell)) {
            throw usage("\"" + fang.ctl.model.Printable.of(shell) + "\" is none of " + String.join(", ", SHELLS));
        }
        String script = resource("completion." + shell)
                .replace("@CORE@\n", resource("completion.sh"))
                .replace("@TABLES@\n", CompletionTable.text());
        context.print(script);
        return ExitCode.DONE;
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Completion.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException(name + " is not in this jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
