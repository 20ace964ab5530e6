// SPDX-License-Identifier: Apache-2.0
package fang.ctl.testing;

import fang.ctl.cli.Cli;
import fang.ctl.cli.Environment;
import fang.ctl.cli.Terminal;
import fang.ctl.configfs.GroupStore;
import fang.ctl.plan.ModuleLoader;
import fang.ctl.profile.FileTrust;
import fang.ctl.sys.Posix;
import fang.ctl.sys.TraceStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Runs fangctl on a fake machine. */
public final class Tool {
    /** What came of it. */
    public record Result(int exit, String out, String err) {}

    public final FakeKernel kernel;
    public final FakePosix posix = new FakePosix();
    public final FakeTrace trace = new FakeTrace();
    public final FakeLoader loader;
    private Path module = Path.of("/nonexistent");
    private Path proc = Path.of("/nonexistent");
    private final Path run = temporary();
    private List<Path> profileDirectories = List.of(Path.of("/nonexistent/usr"), Path.of("/nonexistent/etc"));
    private FileTrust trust = FileTrust.everybody();

    /** Processes that were started to outlive the tool. */
    public final List<List<String>> detached = new ArrayList<>();

    /** Lines for the kernel's log. */
    public final List<String> logged = new CopyOnWriteArrayList<>();

    private final Map<String, String> variables = new HashMap<>();

    private int columns;
    private boolean colour;

    private long step;

    private final Deque<Runnable> sleeps = new ArrayDeque<>();

    private InputStream stdin = InputStream.nullInputStream();

    public Tool() {
        this(new FakeKernel());
    }

    public Tool(FakeKernel kernel) {
        this.kernel = kernel;
        this.loader = new FakeLoader(kernel, run.resolve("sysfs"));
    }

    private static Path temporary() {
        try {
            Path directory = Files.createTempDirectory("fangctl-test");
            directory.toFile().deleteOnExit();
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path run() {
        return run;
    }

    public Tool proc(Path directory) {
        proc = directory;
        return this;
    }

    public Tool module(Path directory) {
        module = directory;
        return this;
    }

    public Tool profileDirectories(Path... directories) {
        profileDirectories = List.of(directories);
        return this;
    }

    /** Whose profiles may be applied; everybody's unless set, as a checkout is anybody's. */
    public Tool trust(FileTrust whose) {
        trust = whose;
        return this;
    }

    /** From now on stdout and stderr are a terminal; 0: they are none. */
    public Tool terminal(int width, boolean coloured) {
        columns = width;
        colour = coloured;
        return this;
    }

    /** Happens while the tool sleeps next, or the time after that. */
    public Tool during(Runnable action) {
        sleeps.add(action);
        return this;
    }

    /** How far the clock goes on whenever it is looked at; 0: it stands still. */
    public Tool clock(long stepNs) {
        step = stepNs;
        return this;
    }

    /** Of the process's environment, which is empty else. */
    public Tool variable(String name, String value) {
        variables.put(name, value);
        return this;
    }

    public Tool stdin(String text) {
        return stdin(text.getBytes(StandardCharsets.UTF_8));
    }

    public Tool stdin(byte[] bytes) {
        return stdin(new ByteArrayInputStream(bytes));
    }

    public Tool stdin(InputStream in) {
        stdin = in;
        return this;
    }

    public Result run(String... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int exit = run(out, new PrintStream(err, true, StandardCharsets.UTF_8), args);
        return new Result(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    public int run(OutputStream out, PrintStream err, String... args) {
        return new Cli(new Machine()).run(args, stdin, out, err);
    }

    private final class Machine implements Environment {
        @Override
        public GroupStore store() {
            return kernel;
        }

        private long now;

        @Override
        public String variable(String name) {
            return variables.get(name);
        }

        @Override
        public long nanoTime() {
            now += step;
            return now;
        }

        @Override
        public void sleep(long nanos) {
            now += nanos;
            Runnable next = sleeps.poll();
            if (next != null) {
                next.run();
            }
        }

        @Override
        public Terminal terminal() {
            return new Terminal() {
                @Override
                public int columns() {
                    return columns;
                }

                @Override
                public int errorColumns() {
                    return columns;
                }

                @Override
                public boolean isColoured() {
                    return colour;
                }
            };
        }

        @Override
        public Posix posix() {
            return posix;
        }

        @Override
        public Path devices() {
            return Path.of("/dev/fang");
        }

        @Override
        public Path proc() {
            return proc;
        }

        @Override
        public Path tracing() {
            return trace.directory();
        }

        @Override
        public TraceStream trace(long id) {
            return trace.open(id);
        }

        @Override
        public Path run() {
            return run;
        }

        @Override
        public List<Path> profileDirectories() {
            return profileDirectories;
        }

        @Override
        public FileTrust trust() {
            return trust;
        }

        @Override
        public void detach(List<String> command) {
            detached.add(command);
        }

        @Override
        public Process start(String command) throws IOException {
            return new ThreadProcess((in, out) -> new Cli(this)
                    .run(new String[] {command}, in, out, new PrintStream(OutputStream.nullOutputStream())));
        }

        @Override
        public void log(String line) {
            logged.add(line);
        }

        @Override
        public ModuleLoader moduleLoader() {
            return loader;
        }

        @Override
        public Path modules() {
            return Path.of("/nonexistent");
        }

        @Override
        public Path module() {
            return module;
        }
    }
}
