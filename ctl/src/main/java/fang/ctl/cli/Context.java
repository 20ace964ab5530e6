// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.configfs.GroupReader;
import fang.ctl.configfs.GroupStore;
import fang.ctl.configfs.Refusals;
import fang.ctl.configfs.RuleReader;
import fang.ctl.model.ExemptionState;
import fang.ctl.model.Failure;
import fang.ctl.model.Group;
import fang.ctl.model.GroupName;
import fang.ctl.model.RuleSet;
import fang.ctl.model.Users;
import fang.ctl.output.Json;
import fang.ctl.output.Layout;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What a running command works with: its streams and the machine. */
final class Context {
    private final InputStream in;
    private final OutputStream out;
    private final PrintStream err;
    private final Environment environment;
    private final boolean realStdout;
    /** Set in front of what is told; empty but in a batch. */
    private final String place;

    private boolean json;
    private GroupStore store;
    private Interruption interruption;

    Context(InputStream in, OutputStream out, PrintStream err, Environment environment) {
        this(in, new Stdout(out), err, environment, out instanceof FileOutputStream, "");
    }

    private Context(
            InputStream in,
            OutputStream out,
            PrintStream err,
            Environment environment,
            boolean realStdout,
            String place) {
        this.in = in;
        this.out = out;
        this.err = err;
        this.environment = environment;
        this.realStdout = realStdout;
        this.place = place;
    }

    /** For a command of a batch: nothing to read, and messages that name its place. */
    Context nested(String where) {
        return new Context(InputStream.nullInputStream(), out, err, environment, realStdout, where + ": ");
    }

    /** Tells failures of our output from all others. */
    private static final class Stdout extends FilterOutputStream {
        Stdout(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                out.write(bytes, offset, length);
            } catch (IOException e) {
                throw new StdoutException(e);
            }
        }
    }

    /** From now on the process ends only after {@link #ended}; what it throws stops a change. */
    Runnable uninterrupted() {
        interruption = new Interruption();
        return interruption;
    }

    /** The command is over, and what came of it told. */
    void ended() {
        if (interruption != null) {
            interruption.end();
        }
    }

    InputStream in() {
        return in;
    }

    OutputStream out() {
        return out;
    }

    PrintStream err() {
        return err;
    }

    Environment environment() {
        return environment;
    }

    /** What tables and painted text are to fit. */
    Layout layout() {
        Terminal terminal = environment.terminal();
        int columns = terminal.columns();
        return columns == 0 ? Layout.PLAIN : new Layout(columns, terminal.isColoured());
    }

    void print(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    void println(String line) throws IOException {
        print(line + "\n");
    }

    void printJson(Json.Body body) throws IOException {
        Json.write(out, body);
    }

    void printJsonLine(Json.Body body) throws IOException {
        Json.writeLine(out, body);
    }

    /** A line on stderr that says who speaks. */
    void note(String message) {
        err.println("fangctl: " + place + message);
    }

    /** A line on stderr as it is. */
    void say(String line) {
        err.println(place + line);
    }

    /** Whether output, errors too, is to be JSON. */
    boolean isJson() {
        return json;
    }

    void setJson(boolean json) {
        this.json = json;
    }

    /** Whether output goes to the process's descriptor 1, so that it can be polled. */
    boolean isRealStdout() {
        return realStdout;
    }

    /** Configfs, whether the module is there or not. */
    GroupStore anyStore() {
        if (store == null) {
            store = environment.store();
        }
        return store;
    }

    /**
     * Configfs.
     *
     * @throws Failure MODULE if the module is not there
     */
    GroupStore store() {
        if (!anyStore().isPresent()) {
            throw Refusals.moduleAbsent(anyStore());
        }
        return anyStore();
    }

    GroupReader reader() {
        return new GroupReader(store());
    }

    /** All groups without their counters. */
    List<Group> settings() {
        return GroupReader.ofSettings(store()).readAll();
    }

    /** The same, with a line that tells how far it is. */
    List<Group> settings(ProgressLine progress) {
        // No lambda, see Journal.
        return GroupReader.ofSettings(store()).readAll(new GroupReader.Progress() {
            @Override
            public void at(int done, int all) {
                progress.at("reading groups", done, all);
            }
        });
    }

    RuleSet rules(GroupName name) {
        return new RuleReader(store()).rules(name);
    }

    List<ExemptionState> exemptions(GroupName name) {
        return new RuleReader(store()).exemptions(name);
    }

    /** Users of this machine; native code is loaded when the first is asked for. */
    Users users() {
        // No lambda: every reader of profiles comes by, and hardly any profile names a user.
        return new Users() {
            @Override
            public OptionalLong uid(String name) {
                return environment.posix().userId(name);
            }

            @Override
            public OptionalLong gid(String name) {
                return environment.posix().groupId(name);
            }
        };
    }

    /**
     * A group's state.
     *
     * @throws Failure REFUSED if there is no such group
     */
    Group group(GroupName name) {
        Optional<Group> group = reader().read(name);
        if (group.isEmpty()) {
            throw new Refusals(store()).noGroup(name.text());
        }
        return group.get();
    }

    /**
     * A group's name from the command line.
     *
     * @throws Failure USAGE if it is none, REFUSED if there is no such group
     */
    GroupName existing(String text) {
        GroupName name = name(text);
        if (!store().exists("groups/" + name)) {
            throw new Refusals(store()).noGroup(text);
        }
        return name;
    }

    /**
     * A group's name from the command line, whether there is such a group or not.
     *
     * @throws Failure USAGE if it is none
     */
    static GroupName name(String text) {
        try {
            return new GroupName(text);
        } catch (IllegalArgumentException e) {
            throw new Failure(Failure.Kind.USAGE, e.getMessage());
        }
    }
}
