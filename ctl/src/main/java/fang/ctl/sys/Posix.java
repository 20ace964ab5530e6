// SPDX-License-Identifier: Apache-2.0
package fang.ctl.sys;

import fang.ctl.model.RawPath;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/**
 * The system calls that the JDK does not offer. All throw {@link SysException} with the errno; EINTR is retried inside.
 * Buffers are direct; bytes move between position and limit, and the position moves with them. May be used from any
 * thread.
 */
public interface Posix {
    int O_RDONLY = 0;
    int O_RDWR = 2;
    int O_NONBLOCK = 0x800;
    int O_CLOEXEC = 0x80000;

    /** Fills struct winsize: rows, columns, and two that nobody uses, of 16 bits each. */
    long TIOCGWINSZ = 0x5413;

    /** Fills, and sets from, struct termios. */
    long TCGETS = 0x5401;

    long TCSETSW = 0x5403;

    int POLLIN = 1;
    int POLLPRI = 2;
    int POLLERR = 8;
    int POLLHUP = 16;

    /** The system's own. */
    static Posix system() {
        return JnaPosix.instance();
    }

    int open(String path, int flags);

    void close(int fd);

    /** Bytes read, 0 at the end. */
    int read(int fd, ByteBuffer buffer);

    /** As {@link #read}, from an offset; that of the descriptor stays. */
    int read(int fd, ByteBuffer buffer, long offset);

    /** Bytes written. */
    int write(int fd, ByteBuffer buffer);

    /** The argument is read or filled from its start. Gives what the call does, such as a descriptor. */
    int ioctl(int fd, long request, ByteBuffer argument);

    /**
     * Waits until one of the descriptors is ready.
     *
     * @param events what to wait for, one for each descriptor; errors and hang-ups always count
     * @param timeoutMillis -1 waits for ever
     * @return what is ready, one for each descriptor
     */
    int[] poll(int[] fds, int[] events, int timeoutMillis);

    /** A descriptor that is ready to be read once {@link #wake} was called with it. */
    int eventFd();

    /** Ends a {@link #poll} that waits for this descriptor, in whatever thread. */
    void wake(int eventFd);

    /** From now on the signal, such as {@code TERM}, calls this in a thread of its own and ends nothing by itself. */
    void onSignal(String name, Runnable action);

    /** The number, as in mountinfo, of the mount that a path leads to. Mounts nothing and asks no server. */
    long mountId(RawPath path);

    /** The process group of a process, 0 if there is no such process. */
    int processGroup(int pid);

    /** The uid of a user; empty if there is none of this name. */
    OptionalLong userId(String name);

    /** The gid of a group of users; empty if there is none of this name. */
    OptionalLong groupId(String name);

    /** Owner and size of an open file. */
    FileFacts facts(int fd);

    /**
     * A datagram socket that sends to the socket of this path, in the abstract name space if it begins with {@code @}. Its
     * writes do not wait.
     */
    int datagramTo(String path);

    /** CLOCK_BOOTTIME, nanoseconds. */
    long bootTimeNs();
}
