// SPDX-License-Identifier: Apache-2.0
package fang.ctl.guest;

import fang.ctl.cli.Cli;
import fang.ctl.cli.Environment;
import fang.ctl.configfs.GroupStore;
import fang.ctl.sys.Posix;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Runs fangctl up to a change of configfs, and no further: nothing is put back, as if it had been killed. */
public final class CutOff {
    private static final class Here extends Error {
        private static final long serialVersionUID = 1;

        Here() {
            super(null, null, false, false);
        }
    }

    private CutOff() {}

    /** Ends this JVM at the change whose number is the first argument; the others are fangctl's. */
    public static void main(String[] args) {
        run(Integer.parseInt(args[0]), () -> Runtime.getRuntime().halt(137), Arrays.copyOfRange(args, 1, args.length));
        System.exit(0);
    }

    /** What a shell runs for {@link #main}. */
    static String command(int step, String... args) {
        return "exec '" + System.getProperty("java.home") + "/bin/java' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC "
                + System.getenv().getOrDefault("FANGCTL_JAVA_OPTS", "") + " -cp '"
                + System.getProperty("java.class.path") + "' " + CutOff.class.getName() + " " + step + " "
                + String.join(" ", args);
    }

    /** False if it was cut off before the change of this number, true if it came to its end. */
    static boolean run(int step, String... args) {
        try {
            run(
                    step,
                    () -> {
                        throw new Here();
                    },
                    args);
            return true;
        } catch (Here e) {
            return false;
        }
    }

    private static void run(int step, Runnable end, String... args) {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        new Cli(new Machine(step, end)).run(args, new ByteArrayInputStream(new byte[0]), nowhere, nowhere);
    }

    /** This machine, but for the store. */
    private static final class Machine implements Environment {
        private final Environment real = Environment.system();
        private final Runnable end;
        private int left;

        Machine(int step, Runnable end) {
            this.left = step;
            this.end = end;
        }

        private void count() {
            if (--left == 0) {
                end.run();
            }
        }

        @Override
        public GroupStore store() {
            GroupStore store = real.store();
            return new GroupStore() {
                @Override
                public String root() {
                    return store.root();
                }

                @Override
                public boolean isPresent() {
                    return store.isPresent();
                }

                @Override
                public List<String> list(String directory) {
                    return store.list(directory);
                }

                @Override
                public String identity(String directory) {
                    return store.identity(directory);
                }

                @Override
                public boolean exists(String directory) {
                    return store.exists(directory);
                }

                @Override
                public void make(String directory) {
                    count();
                    store.make(directory);
                }

                @Override
                public void remove(String directory) {
                    count();
                    store.remove(directory);
                }

                @Override
                public byte[] read(String file) {
                    return store.read(file);
                }

                @Override
                public void write(String file, byte[] value) {
                    count();
                    store.write(file, value);
                }
            };
        }

        @Override
        public Process start(String command) throws IOException {
            return real.start(command);
        }

        @Override
        public void log(String line) {
            real.log(line);
        }

        @Override
        public Posix posix() {
            return real.posix();
        }

        @Override
        public Path devices() {
            return real.devices();
        }

        @Override
        public Path module() {
            return real.module();
        }

        @Override
        public Path proc() {
            return real.proc();
        }

        @Override
        public Path run() {
            return real.run();
        }

        @Override
        public void detach(List<String> command) throws IOException {
            real.detach(command);
        }
    }
}
