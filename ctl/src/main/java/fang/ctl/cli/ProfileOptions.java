// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import picocli.CommandLine.ParseResult;

/** The option that names profiles. */
final class ProfileOptions {
    private ProfileOptions() {}

    static void add(Command command) {
        command.options(
                "FILE", "A profile, a directory of *.yaml, or - for stdin. May be given again.", "-f", "--file");
    }

    static String[] files(ParseResult args) {
        String[] files = args.matchedOptionValue("-f", new String[0]);
        if (files.length == 0) {
            throw Command.usage("which profile? Give -f FILE, -f DIR, or -f - for stdin");
        }
        return files;
    }
}
