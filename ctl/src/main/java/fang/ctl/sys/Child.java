// SPDX-License-Identifier: Apache-2.0
package fang.ctl.sys;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import fang.ctl.model.Errno;
import fang.ctl.model.RawText;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * A program with an open file as its descriptor 3, which the JDK's processes cannot have. It is a process group of its own,
 * works in {@code /}, reads nothing, prints into a pipe, ignores and blocks no signal, and has no other descriptor and no
 * other environment than given. For one thread; whoever starts one also ends it.
 */
public final class Child {
    /** Of what it prints only so much is kept; the rest is read, so that it goes on. */
    private static final int OUTPUT_MAX = 4096;

    /** How long a killed program may take to be gone. */
    private static final int KILL_LIMIT_MS = 2000;

    private static final int FILE = 3;
    private static final int SIGKILL = 9;
    private static final int SIGCHLD = 17;
    private static final Pointer SIG_DFL = Pointer.NULL;
    private static final int SEEK_SET = 0;
    private static final int SYS_PIDFD_OPEN = 434;
    private static final short SETPGROUP_SETSIGDEF_SETSIGMASK = 0x02 | 0x04 | 0x08;

    /** No C library's posix_spawn_file_actions_t, posix_spawnattr_t or sigset_t is larger. */
    private static final int OPAQUE_SIZE = 512;

    static {
        // Sets JNA up.
        Posix.system();
        Native.register(Libc.class, NativeLibrary.getProcess());
        // Whoever started us may ignore it, and we do then, too: the kernel would tell nobody how programs ended.
        Libc.signal(SIGCHLD, SIG_DFL);
    }

    private final String program;
    private final int pid;
    private final int pidFd;
    private final int pipe;
    private final byte[] output = new byte[OUTPUT_MAX];
    private int length;

    /**
     * How it ended.
     *
     * @param exit its exit code, or -1 if a signal ended it
     * @param signal that signal, or 0
     * @param output the beginning of what it printed
     */
    public record End(int exit, int signal, byte[] output) {}

    private Child(String program, int pid, int pidFd, int pipe) {
        this.program = program;
        this.pid = pid;
        this.pidFd = pidFd;
        this.pipe = pipe;
    }

    /**
     * @param command the program's path, and its arguments
     * @param environment such as {@code LC_ALL=C}
     * @param file what it finds as descriptor 3, at its beginning
     */
    public static Child start(List<String> command, List<String> environment, int file) {
        String program = command.get(0);
        // Of a file that cannot seek, such as a pipe, the program gets what is left.
        Libc.lseek(file, 0, SEEK_SET);
        ByteBuffer ends = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());
        if (Libc.pipe2(ends, Posix.O_CLOEXEC) < 0) {
            throw new SysException("pipe", program, Native.getLastError());
        }
        int read = ends.getInt(0);
        int write = ends.getInt(4);
        int pid;
        try {
            pid = spawn(command, environment, write, file);
        } catch (SysException e) {
            Posix.system().close(read);
            throw e;
        } finally {
            Posix.system().close(write);
        }
        int pidFd = (int) Libc.syscall(SYS_PIDFD_OPEN, pid, 0);
        if (pidFd < 0) {
            int number = Native.getLastError();
            new Child(program, pid, -1, read).reap();
            throw new SysException("pidfd_open", program, number);
        }
        return new Child(program, pid, pidFd, read);
    }

    private static int spawn(List<String> command, List<String> environment, int output, int file) {
        Memory arguments = strings(command);
        Memory variables = strings(environment);
        try (var actions = new Memory(OPAQUE_SIZE);
                var attributes = new Memory(OPAQUE_SIZE);
                var signals = new Memory(OPAQUE_SIZE);
                arguments;
                variables) {
            check(Libc.posix_spawn_file_actions_init(actions), command);
            check(Libc.posix_spawnattr_init(attributes), command);
            check(Libc.posix_spawn_file_actions_addopen(actions, 0, "/dev/null", Posix.O_RDONLY, 0), command);
            check(Libc.posix_spawn_file_actions_adddup2(actions, output, 1), command);
            check(Libc.posix_spawn_file_actions_adddup2(actions, output, 2), command);
            check(Libc.posix_spawn_file_actions_adddup2(actions, file, FILE), command);
            check(Libc.posix_spawn_file_actions_addclosefrom_np(actions, FILE + 1), command);
            check(Libc.posix_spawn_file_actions_addchdir_np(actions, "/"), command);
            check(Libc.posix_spawnattr_setflags(attributes, SETPGROUP_SETSIGDEF_SETSIGMASK), command);
            check(Libc.posix_spawnattr_setpgroup(attributes, 0), command);
            Libc.sigemptyset(signals);
            check(Libc.posix_spawnattr_setsigmask(attributes, signals), command);
            Libc.sigfillset(signals);
            check(Libc.posix_spawnattr_setsigdefault(attributes, signals), command);
            ByteBuffer pid = ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder());
            int failure = Libc.posix_spawn(pid, arguments.getPointer(0), actions, attributes, arguments, variables);
            Libc.posix_spawn_file_actions_destroy(actions);
            Libc.posix_spawnattr_destroy(attributes);
            check(failure, command);
            return pid.getInt(0);
        }
    }

    private static void check(int failure, List<String> command) {
        if (failure != 0) {
            throw new SysException("posix_spawn", command.get(0), failure);
        }
    }

    /** An array of strings as C has it, and behind it the strings. */
    private static Memory strings(List<String> texts) {
        List<byte[]> all = texts.stream().map(RawText::encode).toList();
        int end = (all.size() + 1) * Native.POINTER_SIZE;
        var memory =
                new Memory(end + all.stream().mapToInt(text -> text.length + 1).sum());
        memory.clear();
        for (int i = 0; i < all.size(); i++) {
            memory.setPointer((long) i * Native.POINTER_SIZE, memory.share(end));
            memory.write(end, all.get(i), 0, all.get(i).length);
            end += all.get(i).length + 1;
        }
        return memory;
    }

    /**
     * Waits for the program to end, and ends whatever it started and left behind.
     *
     * @throws SysException with ETIMEDOUT after the deadline; the program has been killed then, too
     */
    public End end(Deadline deadline) throws InterruptedException {
        try {
            awaitEnd(deadline);
        } catch (SysException | InterruptedException e) {
            try {
                reap();
            } catch (SysException failed) {
                e.addSuppressed(failed);
            }
            throw e;
        }
        return reap();
    }

    private void awaitEnd(Deadline deadline) throws InterruptedException {
        int[] fds = {pidFd, pipe};
        int[] events = {Posix.POLLIN, Posix.POLLIN};
        int[] ready;
        do {
            ready = deadline.poll(fds, events, "wait", program);
            if (ready[1] != 0 && readOutput() == 0) {
                // All have closed it: nothing more to come.
                fds[1] = -1;
            }
        } while (ready[0] == 0);
    }

    private int readOutput() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(OUTPUT_MAX);
        int n = Posix.system().read(pipe, buffer);
        int kept = Math.min(n, OUTPUT_MAX - length);
        buffer.get(0, output, length, kept);
        length += kept;
        return n;
    }

    /** As long as the program is not waited for, nobody else can get its number, nor its group's. */
    private End reap() {
        try {
            Libc.kill(-pid, SIGKILL);
            if (pidFd >= 0 && !isReadable(pidFd, KILL_LIMIT_MS)) {
                // Something in the kernel holds it, such as a dead server of files: not us, too.
                daemon(this::waitFor);
                throw new SysException("waitpid", program, Errno.ETIMEDOUT.number());
            }
            int how = waitFor();
            // What others of its group may still hold open is not waited for.
            while (length < OUTPUT_MAX && isReadable(pipe, 0) && readOutput() > 0) {
                // more
            }
            int signal = how & 0x7f;
            return new End(signal == 0 ? how >> 8 & 0xff : -1, signal, Arrays.copyOf(output, length));
        } finally {
            Posix.system().close(pipe);
            if (pidFd >= 0) {
                Posix.system().close(pidFd);
            }
        }
    }

    /** How it ended, as waitpid has it. */
    private int waitFor() {
        ByteBuffer status = ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder());
        while (Libc.waitpid(pid, status, 0) < 0) {
            int number = Native.getLastError();
            if (number != Errno.EINTR.number()) {
                throw new SysException("waitpid", program, number);
            }
        }
        return status.getInt(0);
    }

    private static void daemon(Runnable action) {
        var thread = new Thread(action, "reaper");
        thread.setDaemon(true);
        thread.start();
    }

    private static boolean isReadable(int fd, int limitMillis) {
        return Posix.system().poll(new int[] {fd}, new int[] {Posix.POLLIN}, limitMillis)[0] != 0;
    }

    /** As in {@link JnaPosix}. */
    private static final class Libc {
        static native int pipe2(Buffer ends, int flags);

        static native long lseek(int fd, long offset, int whence);

        static native long syscall(long number, long first, long second);

        static native int kill(int pid, int signal);

        static native Pointer signal(int signal, Pointer handler);

        static native int waitpid(int pid, Buffer status, int options);

        static native int sigemptyset(Pointer signals);

        static native int sigfillset(Pointer signals);

        static native int posix_spawn(
                Buffer pid, Pointer path, Pointer actions, Pointer attributes, Pointer arguments, Pointer environment);

        static native int posix_spawn_file_actions_init(Pointer actions);

        static native int posix_spawn_file_actions_destroy(Pointer actions);

        static native int posix_spawn_file_actions_addopen(Pointer actions, int fd, String path, int flags, int mode);

        static native int posix_spawn_file_actions_adddup2(Pointer actions, int from, int to);

        static native int posix_spawn_file_actions_addclosefrom_np(Pointer actions, int from);

        static native int posix_spawn_file_actions_addchdir_np(Pointer actions, String path);

        static native int posix_spawnattr_init(Pointer attributes);

        static native int posix_spawnattr_destroy(Pointer attributes);

        static native int posix_spawnattr_setflags(Pointer attributes, short flags);

        static native int posix_spawnattr_setpgroup(Pointer attributes, int group);

        static native int posix_spawnattr_setsigmask(Pointer attributes, Pointer signals);

        static native int posix_spawnattr_setsigdefault(Pointer attributes, Pointer signals);
    }
}
