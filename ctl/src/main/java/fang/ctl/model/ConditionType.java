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

    private static final ConditionType[] TYPES = values();
    private static final List<ConditionType> LASTING = List.of(SUBTREE, EXE, UID, CGROUP);

    private final String word = name().toLowerCase(Locale.ROOT);

    public String word() {
        return word;
    }

    public boolean isPath() {
        return this != UID && this != TGID;
    }

    public static Optional<ConditionType> ofWord(String word) {
        for (ConditionType type : TYPES) {
            if (type.word.equals(word)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    public static List<String> words() {
        return Arrays.stream(TYPES).map(ConditionType::word).toList();
    }

    /** Those that rules, and exemptions in profiles, may have: a process does not outlive what was written about it. */
    public static List<ConditionType> lasting() {
        return LASTING;
    }
}
