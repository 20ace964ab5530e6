// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.configfs.ConfigfsStore;
import fang.ctl.configfs.GroupStore;
import fang.ctl.profile.FileTrust;
import fang.ctl.sys.Posix;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The machine that commands work on; tests hand in another. */
public interface Environment {
    GroupStore store();

    /** Called only by commands that use a device: it loads native code. */
    Posix posix();

    /** Where the groups' nodes are. */
    Path devices();

    /** The module's directory in sysfs. */
    Path module();

    /** Processes and their mounts. */
    Path proc();

    /** For files that are gone after a boot. */
    Path run();

    /** Directories of profiles that are meant where none is named; files of the last ones shadow those of the first. */
    default List<Path> profileDirectories() {
        return List.of(Path.of("/usr/lib/fang/profiles.d"), Path.of("/etc/fang/profiles.d"));
    }

    /** Whose profiles may be applied. */
    default FileTrust trust() {
        return FileTrust.system();
    }

    /** Starts a process in a session of its own, which outlives this one and its terminal. */
    void detach(List<String> command) throws IOException;

    /** This machine, with the directories that FANG_CONFIGFS, FANG_DEV, FANG_MODULE and FANG_RUN name, if set. */
    static Environment system() {
        return new Environment() {
            @Override
            public GroupStore store() {
                return new ConfigfsStore(directory("FANG_CONFIGFS", "/sys/kernel/config/fang"));
            }

            @Override
            public Posix posix() {
                return Posix.system();
            }

            @Override
            public Path devices() {
                return directory("FANG_DEV", "/dev/fang");
            }

            @Override
            public Path module() {
                return directory("FANG_MODULE", "/sys/module/fang");
            }

            @Override
            public Path proc() {
                return Path.of("/proc");
            }

            @Override
            public Path run() {
                return directory("FANG_RUN", "/run/fang");
            }

            @Override
            public void detach(List<String> command) throws IOException {
                List<String> all = new ArrayList<>(List.of("setsid", "--fork"));
                all.addAll(command);
                File nothing = new File("/dev/null");
                Process process = new ProcessBuilder(all)
                        .directory(new File("/"))
                        .redirectInput(nothing)
                        .redirectOutput(nothing)
                        .redirectError(nothing)
                        .start();
                try {
                    if (process.waitFor() != 0) {
                        throw new IOException("setsid failed");
                    }
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
        };
    }

    private static Path directory(String variable, String otherwise) {
        String value = System.getenv(variable);
        return Path.of(value == null || value.isEmpty() ? otherwise : value);
    }
}
