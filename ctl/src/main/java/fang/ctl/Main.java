// SPDX-License-Identifier: Apache-2.0
package fang.ctl;

import fang.ctl.cli.Cli;
import fang.ctl.cli.Environment;
import fang.ctl.cli.Terminal;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;

/** Starts the tool. The only place that exits and that touches the process's own streams. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        // Not System.out: it hides that nobody reads any more.
        OutputStream out = new FileOutputStream(FileDescriptor.out);
        String[] raw = RawArguments.restore(args, Path.of("/proc/self/cmdline"));
        Environment machine = Environment.system(Terminal.ofProcess());
        System.exit(new Cli(machine).run(raw, System.in, out, System.err));
    }

    /**
     * Runs one command for a caller who is no terminal.
     *
     * @param out receives data; failures to write end the command
     * @param err receives diagnostics
     * @return the exit code
     */
    public static int run(String[] args, InputStream in, OutputStream out, PrintStream err) {
        return new Cli(Environment.system()).run(args, in, out, err);
    }
}
