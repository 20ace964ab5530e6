// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a rule or an exemption asks about a task or a file. */
public enum ConditionType {
    /** the file is below a directory */
    SUBTREE,
    /** the task runs the program of this name in this directory */
    EXE,
    /** the task's file system uid */
    UID,
    /** the task is in this cgroup or below */
    CGROUP,
    /** the task is of this process; exemptions alone */
    TGID;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public boolean isPath() {
        return this != UID && this != TGID;
    }

    public static Optional<ConditionType> ofWord(String word) {
        return Arrays.stream(values()).filter(t -> t.word().equals(word)).findFirst();
    }

    public static List<String> words() {
        return Arrays.stream(values()).map(ConditionType::word).toList();
    }

    /** Those that rules, and exemptions in profiles, may have: a process does not outlive what was written about it. */
    public static List<ConditionType> lasting() {
        return Arrays.stream(values()).filter(t -> t != TGID).toList();
    }
}
