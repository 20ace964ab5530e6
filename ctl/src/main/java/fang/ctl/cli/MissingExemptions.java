// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Finding;
import fang.ctl.model.Group;
import fang.ctl.model.GroupSpec;
import fang.ctl.model.Printable;
import fang.ctl.profile.ProfileWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Listeners that cannot start again, or wait for a scanner that waits for them. Only root sees processes of others. */
final class MissingExemptions {
    private static final String CHECK = "missing_exemption";

    private MissingExemptions() {}

    static List<Finding> find(List<Group> groups, Context context) {
        List<Finding> findings = new ArrayList<>();
        Map<String, TreeSet<Integer>> users = new TreeMap<>();
        for (Group group : groups) {
            if (group.enabled() && group.asks()) {
                if (users.isEmpty()) {
                    users.putAll(DeviceUsers.processes(context));
                }
                find(group, users.getOrDefault(group.name().text(), new TreeSet<>()), findings, context);
            }
        }
        return findings;
    }

    private static void find(Group group, TreeSet<Integer> listeners, List<Finding> findings, Context context) {
        GroupSpec spec = ProfileWriter.spec(group);
        TreeSet<String> told = new TreeSet<>();
        boolean serves = false;
        for (int pid : listeners) {
            Path process = context.environment().proc().resolve(Integer.toString(pid));
            serves |= isServe(process);
            String program = program(process);
            if (OwnFiles.areInTheWay(spec, program) && told.add(program)) {
                String shown = Printable.of(program);
                findings.add(new Finding(
                        CHECK,
                        group.name(),
                        "covers its listener's program, " + shown + " (pid " + pid
                                + "): while nobody listens, its start waits for itself or is refused",
                        "fangctl exemption add " + group.name() + " subtree=" + above(shown) + "; or fangctl set "
                                + group.name() + " on_no_listener=allow"));
            }
        }
        if (serves && OwnFiles.holdUpClamd(spec) && isRunning(OwnFiles.CLAMD, context)) {
            findings.add(new Finding(
                    CHECK,
                    group.name(),
                    "covers what clamd opens: if serve asks it, clamd waits for itself",
                    "fangctl exemption add " + group.name() + " exe=" + OwnFiles.CLAMD));
        }
    }

    /** A start takes libraries, too: of a program of the system all below /usr. */
    private static String above(String program) {
        return program.startsWith("/usr/") ? "/usr" : program.substring(0, Math.max(1, program.lastIndexOf('/')));
    }

    /** Empty if it is gone, or not ours to see. */
    private static String program(Path process) {
        try {
            return Files.readSymbolicLink(process.resolve("exe")).toString().replace(" (deleted)", "");
        } catch (IOException e) {
            return "";
        }
    }

    private static boolean isServe(Path process) {
        try {
            String line = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
            List<String> words = Arrays.asList(line.split("\0"));
            int main = words.indexOf(Environment.MAIN);
            return main >= 0 && main + 1 < words.size() && words.get(main + 1).equals("serve");
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isRunning(String program, Context context) {
        try (DirectoryStream<Path> processes =
                Files.newDirectoryStream(context.environment().proc(), "[0-9]*")) {
            for (Path process : processes) {
                if (program(process).equals(program)) {
                    return true;
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // as if not
        }
        return false;
    }
}
