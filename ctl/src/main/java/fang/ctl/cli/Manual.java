// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the manual says of each command besides its options: exit codes and files. */
final class Manual {
    private static final List<String> CHANGE_AS_A_WHOLE = List.of("apply", "try", "set", "create", "reload-module");
    private static final List<String> READ_PROFILES = List.of("apply", "try", "diff", "check", "serve");
    private static final List<String> LOCK = List.of(
            "apply", "try", "set", "delete", "enable", "scope add", "scope remove", "scope follow", "reload-module");
    private static final List<String> UNTIL_INTERRUPTED =
            List.of("listen", "scope follow", "apply", "try", "set", "reload-module", "batch", "stats", "serve");
    private static final List<String> WITHOUT_MODULE = List.of("check", "completion");
    /** That it is absent is part of what they tell. */
    private static final List<String> TELL_OF_MODULE = List.of("doctor", "metrics");

    private Manual() {}

    /** Exit codes and what they mean, in order. */
    static Map<Integer, String> exits(String command) {
        Map<Integer, String> exits = new LinkedHashMap<>();
        if (command.equals("batch")) {
            exits.put(ExitCode.DONE, "All commands exited 0.");
            exits.put(ExitCode.INTERRUPTED, "Interrupted.");
            exits.put(
                    ExitCode.OTHER,
                    "The file cannot be read. Every other code is that of the first command that failed.");
            return exits;
        }
        exits.put(ExitCode.DONE, "Done, or so already; also when standard output was closed.");
        String no = no(command);
        if (no != null) {
            exits.put(ExitCode.NO, no);
        }
        exits.put(ExitCode.USAGE, "The command line makes no sense.");
        boolean module = !WITHOUT_MODULE.contains(command);
        if (module && !TELL_OF_MODULE.contains(command)) {
            exits.put(
                    3,
                    command.equals("reload-module")
                            ? "No module is loaded, or there is none to load for this kernel."
                            : "The module is not loaded, or speaks another protocol.");
        }
        if (READ_PROFILES.contains(command)) {
            exits.put(4, "A profile is wrong; nothing was changed.");
        }
        if (module && !command.equals("list") && !command.equals("status") && !TELL_OF_MODULE.contains(command)) {
            exits.put(
                    ExitCode.REFUSED,
                    command.equals("reload-module")
                            ? "Something is in the way; nothing was changed."
                            : "The kernel refused, or there is no such group or part of it.");
        }
        if (CHANGE_AS_A_WHOLE.contains(command)) {
            exits.put(6, "Failed part-way; all is as it was.");
            exits.put(7, "Failed part-way, and could not be put back entirely; what differs is told.");
        }
        if (LOCK.contains(command)) {
            exits.put(8, "Another fangctl is at work on the same.");
        }
        exits.put(ExitCode.OTHER, "Another failure, such as a file that is not there.");
        if (module) {
            exits.put(77, "No permission.");
        }
        if (UNTIL_INTERRUPTED.contains(command)) {
            exits.put(ExitCode.INTERRUPTED, "Interrupted.");
        }
        return exits;
    }

    private static String no(String command) {
        return switch (command) {
            case "diff" -> "Groups differ from the profiles.";
            case "doctor" -> "Something was found.";
            case "status" -> "A group that is enabled and asks does not protect its files now.";
            case "respond" -> "A request could not be responded to, or a record not be cleared.";
            case "listen" -> "A command exited with another code than 0.";
            case "try" -> "Not confirmed: all is as it was. With --confirm or --roll-back: nothing is being tried.";
            default -> null;
        };
    }

    /** Files and what they are to the command. */
    static Map<String, String> files(String command) {
        Map<String, String> files = new LinkedHashMap<>();
        if (!WITHOUT_MODULE.contains(command)) {
            files.put("/sys/kernel/config/fang/", "The groups.");
        }
        if (command.equals("listen")) {
            files.put("/dev/fang/GROUP", "The group's node, one open of which is one listener.");
        }
        if (LOCK.contains(command)) {
            files.put("/run/fang/lock", "Held by whoever changes several things at once.");
        }
        switch (command) {
            case "serve" ->
                files.put(
                        "/run/fang/rules-GROUP, /run/fang/definitions-GROUP",
                        "By what remembered files were found clean.");
            case "scope follow" -> files.put("/run/fang/follow", "The process that follows.");
            case "enable", "disable" ->
                files.put("/run/fang/pause/GROUP", "Stands for a group that is disabled for some time.");
            case "try" -> files.put("/run/fang/try", "Stands for the change that waits to be confirmed.");
            case "status" ->
                files.put("/sys/module/fang/parameters/enforce", "Whether requests are asked about at all.");
            case "reload-module" -> {
                files.put("/run/fang/module/fang.ko*", "The loaded module's file, kept by an upgrade.");
                files.put("/run/fang/reload.yaml", "Groups as they were, if they could not be put back.");
                files.put("/sys/module/fang/version, /sys/module/fang/srcversion", "Which module is loaded.");
            }
            case "doctor", "metrics" -> {
                files.put("/sys/module/fang/parameters/enforce", "Whether requests are asked about at all.");
                files.put("/lib/modules/*/modules.dep", "Whether the newest kernel has the module, too.");
            }
            default -> {}
        }
        if (command.equals("pending") || command.equals("denials") || command.equals("listen")) {
            files.put("/proc/PID/comm", "The names of processes.");
        }
        return files;
    }
}
