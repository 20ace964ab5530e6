// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

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
        if (args.values("-f").contains("")) {
            throw Command.usage("-f: which file? The name is empty");
        }
        return args.values("-f").toArray(new String[0]);
    }
}
