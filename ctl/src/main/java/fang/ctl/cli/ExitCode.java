// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Failure;

/** The exit codes, which scripts rely on. Where nothing catches it, Ctrl-C ends the JVM with 130. */
final class ExitCode {
    static final int DONE = 0;
    static final int NO = 1;
    static final int USAGE = 2;
    static final int REFUSED = 5;
    static final int OTHER = 9;
    static final int INTERRUPTED = 130;

    private ExitCode() {}

    static int of(Failure.Kind kind) {
        return switch (kind) {
            case NO -> NO;
            case USAGE -> USAGE;
            case MODULE -> 3;
            case PROFILE -> 4;
            case REFUSED -> REFUSED;
            case ROLLED_BACK -> 6;
            case LEFT_OVER -> 7;
            case BUSY -> 8;
            case OTHER -> OTHER;
            case PERMISSION -> 77;
        };
    }
}
