// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.configfs.ConfigfsStore;
import fang.ctl.configfs.GroupStore;
import fang.ctl.configfs.LoadedModule;
import fang.ctl.plan.ModuleLoader;
import fang.ctl.profile.FileTrust;
import fang.ctl.sys.Posix;
import fang.ctl.sys.TraceStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The machine that commands work on; tests hand in another. */
public interface Environment {
    /** What the launcher names to Java. */
    String MAIN = "fang.ctl.Main";

    GroupStore store();

    /** Called only by commands that use a device: it loads native code. */
    Posix posix();

    /** Where the groups' nodes are. */
    Path devices();

    /** The module's directory in sysfs. */
    Path module();

    /** Loads and unloads it. */
    default ModuleLoader moduleLoader() {
        return new KmodPrograms(new LoadedModule(module()));
    }

    /** A directory for each installed kernel. */
    default Path modules() {
        return Path.of("/lib/modules");
    }

    /** Processes and their mounts. */
    Path proc();

    /** Where tracefs is mounted. */
    default Path tracing() {
        return Path.of("/sys/kernel/tracing");
    }

    /** Records of the tracepoint of this number. Loads native code. */
    default TraceStream trace(long id) {
        return TraceStream.open(id);
    }

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

    /** Who looks. */
    default Terminal terminal() {
        return Terminal.NONE;
    }

    /** Of the process's environment; null if it is not set. */
    default String variable(String name) {
        return System.getenv(name);
    }

    /** As {@link System#nanoTime}. */
    default long nanoTime() {
        return System.nanoTime();
    }

    /** Waits so long. */
    default void sleep(long nanos) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(nanos);
    }

    /** Starts a process in a session of its own, which outlives this one and its terminal. */
    void detach(List<String> command) throws IOException;

    /** Starts another fangctl in a session of its own; its stdin and stdout are pipes, its stderr is nobody's. */
    Process start(String command) throws IOException;

    /** Leaves a line in the kernel's log, if that can be had. */
    void log(String line);

    /** This machine, for a caller who is no terminal. */
    static Environment system() {
        return system(Terminal.NONE);
    }

    /** This machine, with the directories that FANG_CONFIGFS, FANG_DEV, FANG_MODULE and FANG_RUN name, if set. */
    static Environment system(Terminal terminal) {
        return new Environment() {
            @Override
            public Terminal terminal() {
                return terminal;
            }

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
            public Process start(String command) throws IOException {
                List<String> all = new ArrayList<>(List.of("setsid"));
                // As this one was started, up to the class: behind it stand our own arguments.
                for (String word :
                        Files.readString(Path.of("/proc/self/cmdline")).split("\0")) {
                    all.add(word);
                    if (word.equals(MAIN)) {
                        break;
                    }
                }
                all.set(1, ProcessHandle.current().info().command().orElse(all.get(1)));
                all.add(command);
                return new ProcessBuilder(all)
                        .directory(new File("/"))
                        .redirectError(new File("/dev/null"))
                        .start();
            }

            @Override
            public void log(String line) {
                try {
                    Files.write(
                            Path.of("/dev/kmsg"),
                            (line + "\n").getBytes(StandardCharsets.UTF_8),
                            StandardOpenOption.WRITE);
                } catch (IOException e) {
                    // Not root, or a container: then nobody reads it either.
                }
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
