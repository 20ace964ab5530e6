// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.List;

/** Why a command could not do what was asked, in words for the admin; its kind decides the exit code. */
public class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What went wrong, as coarse as the exit codes are. */
    public enum Kind {
        /** the answer is no: something differs, was found, or is unknown */
        NO,
        /** the command line makes no sense */
        USAGE,
        /** the module is absent or speaks another protocol */
        MODULE,
        /** the profile is wrong; nothing was changed */
        PROFILE,
        /** the kernel refused, or nothing of that name is there */
        REFUSED,
        /** failed part-way; what was before is there again */
        ROLLED_BACK,
        /** failed part-way, and so did going back */
        LEFT_OVER,
        /** another fangctl is at work */
        BUSY,
        /** anything else, such as a file that cannot be read */
        OTHER,
        /** not root */
        PERMISSION
    }

    private final Kind kind;
    private final transient List<Problem> problems;

    public Failure(Kind kind, Problem problem) {
        this(kind, problem.toString(), List.of(problem));
    }

    public Failure(Kind kind, String message) {
        this(kind, Problem.of(message));
    }

    /**
     * @param message one line that sums up, printed after the problems' own lines
     * @param problems what was found, in order
     */
    public Failure(Kind kind, String message, List<Problem> problems) {
        super(message);
        this.kind = kind;
        this.problems = List.copyOf(problems);
    }

    public Kind kind() {
        return kind;
    }

    public List<Problem> problems() {
        return problems;
    }
}
