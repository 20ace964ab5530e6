// SPDX-License-Identifier: Apache-2.0
package fang.ctl.scan;

import fang.ctl.sys.IgnoredSignals;
import fang.ctl.sys.Posix;
import java.util.Arrays;
import java.util.List;

/** Scans a file, its first argument, by each line of a shell that follows, and prints what came of each. */
final class ScanningProgram {
    /** In place of such a line: from now on SIGCHLD is ignored. */
    static final String IGNORE_CHILDREN = "ignore children";

    private static final int SIGCHLD = 17;
    private static final long LIMIT_MS = 30_000;

    private ScanningProgram() {}

    public static void main(String[] args) throws InterruptedException {
        int file = Posix.system().open(args[0], Posix.O_RDONLY);
        for (String shell : Arrays.asList(args).subList(1, args.length)) {
            if (shell.equals(IGNORE_CHILDREN)) {
                IgnoredSignals.ignore(SIGCHLD);
            } else {
                System.out.println(scan(shell, file));
            }
        }
    }

    private static String scan(String shell, int file) throws InterruptedException {
        try {
            Verdict verdict = new CommandScanner(List.of("/bin/sh", "-c", shell), 1).scan(file, LIMIT_MS);
            return verdict.equals(Verdict.CLEAN) ? "clean" : verdict.reason();
        } catch (ScannerException e) {
            return e.getMessage();
        }
    }
}
