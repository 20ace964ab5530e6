// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.GroupName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * By what a group's files were found clean, such as a version of a scanner's definitions: what the kernel remembers
 * outlives who serves, and must not outlive a change meanwhile. Gone after a boot, as is what is remembered.
 */
final class Basis {
    /** Of nothing, so that the first one that is told is another one. */
    private static final String UNKNOWN = "";

    private final Path file;

    private Basis(String what, GroupName group, Path run) {
        file = run.resolve(what + "-" + group);
    }

    /** The version of the scanner's definitions. */
    static Basis definitions(GroupName group, Path run) {
        return new Basis("definitions", group, run);
    }

    /** {@link fang.ctl.model.ServeSpec#text}. */
    static Basis rules(GroupName group, Path run) {
        return new Basis("rules", group, run);
    }

    String read() {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return UNKNOWN;
        }
    }

    /** Where it cannot be written, the next start forgets what was found clean. */
    void write(String text) {
        try {
            Files.createDirectories(file.getParent());
            Path fresh = file.resolveSibling(
                    file.getFileName() + "." + ProcessHandle.current().pid());
            Files.writeString(fresh, text);
            Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException again) {
                // As it says above, if that was the old one's.
            }
        }
    }
}
