// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import picocli.CommandLine.ParseResult;

/** The option that names profiles. */
final class ProfileOptions {
    private ProfileOptions() {}

    static void add(Command command) {
        command.options(
                "FILE",
                "A profile, a directory of *.yaml, or - for stdin. May be given again. Default: /etc/fang/profiles.d"
                        + " and /usr/lib/fang/profiles.d.",
                "-f",
                "--file");
    }

    /** May be empty. */
    static String[] files(ParseResult args) {
        return args.matchedOptionValue("-f", new String[0]);
    }
}
