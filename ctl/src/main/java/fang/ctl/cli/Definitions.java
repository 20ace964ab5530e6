// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.GroupName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * By which version of a scanner's definitions a group's files were found clean: what the kernel remembers outlives who
 * serves, and must not outlive an update meanwhile. Gone after a boot, as is what is remembered.
 */
final class Definitions {
    /** Of no scanner, so that the first version that is told is another one. */
    private static final String UNKNOWN = "";

    private final Path file;

    Definitions(GroupName group, Path run) {
        file = run.resolve("definitions-" + group);
    }

    String read() {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return UNKNOWN;
        }
    }

    /** Where it cannot be written, the next start forgets what was found clean. */
    void write(String version) {
        try {
            Files.createDirectories(file.getParent());
            Path fresh = file.resolveSibling(
                    file.getFileName() + "." + ProcessHandle.current().pid());
            Files.writeString(fresh, version);
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
