// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Which processes have the node of a group open. Only root sees those of others. */
final class DeviceUsers {
    private DeviceUsers() {}

    /** By group, processes as {@code 812(clamd)}. */
    static Map<String, TreeSet<String>> find(Context context) {
        Map<String, TreeSet<String>> users = new TreeMap<>();
        processes(context)
                .forEach((group, pids) -> pids.forEach(pid -> users.computeIfAbsent(group, name -> new TreeSet<>())
                        .add(pid + "(" + new Comm().of(pid) + ")")));
        return users;
    }

    /** By group, their numbers. */
    static Map<String, TreeSet<Integer>> processes(Context context) {
        Map<String, TreeSet<Integer>> users = new TreeMap<>();
        try (DirectoryStream<Path> processes =
                Files.newDirectoryStream(context.environment().proc(), "[0-9]*")) {
            for (Path process : processes) {
                find(process, context.environment().devices() + "/", users);
            }
        } catch (IOException | DirectoryIteratorException e) {
            // Whoever is not seen is told as a number.
        }
        return users;
    }

    private static void find(Path process, String devices, Map<String, TreeSet<Integer>> users) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                String target = Files.readSymbolicLink(descriptor).toString();
                if (target.startsWith(devices)) {
                    String group = target.substring(devices.length()).replace(" (deleted)", "");
                    int pid = Integer.parseInt(process.getFileName().toString());
                    users.computeIfAbsent(group, name -> new TreeSet<>()).add(pid);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // It is gone, or another user's.
        }
    }
}
