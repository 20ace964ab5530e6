// SPDX-License-Identifier: Apache-2.0
package fang.ctl.sys;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import fang.ctl.model.Errno;
import fang.ctl.model.RawPath;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A connection to a Unix socket that can hand over descriptors, which the JDK's cannot. Every wait ends at a deadline, with
 * ETIMEDOUT. For one thread at a time.
 */
public final class LocalSocket implements AutoCloseable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_PASSCRED = 16;
    private static final int SCM_RIGHTS = 1;
    private static final int SCM_CREDENTIALS = 2;
    private static final int MSG_PEEK = 2;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int POLLOUT = 4;

    /** Of sun_path, the byte 0 at its end included. */
    private static final int PATH_MAX = 108;

    /** Nothing tells when a full backlog has room again: then connecting is tried this often. */
    private static final long BACKLOG_PAUSE_MS = 10;

    // struct msghdr, and behind it what it points to: struct iovec, struct cmsghdr with its data, bytes.
    private static final int MSG_IOV = 16;
    private static final int MSG_IOVLEN = 24;
    private static final int MSG_CONTROL = 32;
    private static final int MSG_CONTROLLEN = 40;
    private static final int IOVEC = 56;
    private static final int CMSG = IOVEC + 16;
    private static final int CMSG_DATA = 16;
    /** With one descriptor, and with struct ucred, of which the pid comes first. */
    private static final int CMSG_SPACE_RIGHTS = 24;

    private static final int CMSG_SPACE_CREDENTIALS = 32;
    private static final int BYTES = CMSG + CMSG_SPACE_CREDENTIALS;

    static {
        // Sets JNA up.
        Posix.system();
        Native.register(Libc.class, NativeLibrary.getProcess());
    }

    private final int fd;
    private final String name;
    private boolean closed;

    private LocalSocket(int fd, String name) {
        this.fd = fd;
        this.name = name;
    }

    public static LocalSocket connect(RawPath path, Deadline deadline) throws InterruptedException {
        String name = path.display();
        byte[] bytes = path.bytes();
        if (bytes.length >= PATH_MAX) {
            throw new SysException("connect", name, Errno.ENAMETOOLONG.number());
        }
        ByteBuffer address = ByteBuffer.allocateDirect(2 + PATH_MAX).order(ByteOrder.nativeOrder());
        address.putShort((short) AF_UNIX).put(bytes).rewind();
        int fd = Libc.socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd < 0) {
            throw new SysException("socket", name, Native.getLastError());
        }
        var socket = new LocalSocket(fd, name);
        try {
            while (Libc.connect(fd, address, address.capacity()) < 0) {
                int number = Native.getLastError();
                if (number == Errno.EAGAIN.number() && !deadline.hasPassed()) {
                    Thread.sleep(BACKLOG_PAUSE_MS);
                } else if (number != Errno.EINTR.number()) {
                    throw new SysException(
                            "connect", name, number == Errno.EAGAIN.number() ? Errno.ETIMEDOUT.number() : number);
                }
            }
        } catch (SysException | InterruptedException e) {
            socket.close();
            throw e;
        }
        return socket;
    }

    /** Two that are connected to each other. */
    public static LocalSocket[] pair() {
        ByteBuffer fds = ByteBuffer.allocateDirect(2 * Integer.BYTES).order(ByteOrder.nativeOrder());
        if (Libc.socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) < 0) {
            throw new SysException("socketpair", "", Native.getLastError());
        }
        return new LocalSocket[] {new LocalSocket(fds.getInt(), ""), new LocalSocket(fds.getInt(), "")};
    }

    /** Its descriptor, which {@link #close} closes. */
    public int fd() {
        return fd;
    }

    /** The path that it was connected by, for people; empty of one of a pair. */
    public String name() {
        return name;
    }

    /** Sends all between position and limit of a direct buffer. */
    public void send(ByteBuffer bytes, Deadline deadline) throws InterruptedException {
        while (bytes.hasRemaining()) {
            long sent = Libc.send(fd, bytes.slice(), bytes.remaining(), MSG_NOSIGNAL);
            if (sent >= 0) {
                bytes.position(bytes.position() + (int) sent);
            } else {
                awaitRoom(deadline);
            }
        }
    }

    /** Sends a few bytes, and with them a descriptor, which stays open here. */
    public void send(byte[] bytes, int descriptor, Deadline deadline) throws InterruptedException {
        try (var message = message(bytes.length, CMSG_SPACE_RIGHTS)) {
            message.setLong(CMSG, CMSG_DATA + 4);
            message.setInt(CMSG + 8, SOL_SOCKET);
            message.setInt(CMSG + 12, SCM_RIGHTS);
            message.setInt(CMSG + CMSG_DATA, descriptor);
            message.write(BYTES, bytes, 0, bytes.length);
            // So few bytes are sent at once or not at all.
            while (Libc.sendmsg(fd, message, MSG_NOSIGNAL) < 0) {
                awaitRoom(deadline);
            }
        }
    }

    private static Memory message(int length, int controlLength) {
        var message = new Memory(BYTES + length);
        message.clear();
        message.setPointer(MSG_IOV, message.share(IOVEC));
        message.setLong(MSG_IOVLEN, 1);
        message.setPointer(MSG_CONTROL, message.share(CMSG));
        message.setLong(MSG_CONTROLLEN, controlLength);
        message.setPointer(IOVEC, message.share(BYTES));
        message.setLong(IOVEC + 8, length);
        return message;
    }

    private void awaitRoom(Deadline deadline) throws InterruptedException {
        int number = Native.getLastError();
        if (number == Errno.EAGAIN.number()) {
            deadline.await(fd, POLLOUT, "send", name);
        } else if (number != Errno.EINTR.number()) {
            throw new SysException("send", name, number);
        }
    }

    /** Waits for something and fills a direct buffer with what is there; returns 0 once the other side has closed. */
    public int receive(ByteBuffer buffer, Deadline deadline) throws InterruptedException {
        deadline.await(fd, Posix.POLLIN, "receive", name);
        return Posix.system().read(fd, buffer);
    }

    /** Whether the other side has neither closed nor said anything. */
    public boolean isQuiet() {
        return Posix.system().poll(new int[] {fd}, new int[] {Posix.POLLIN}, 0)[0] == 0;
    }

    /** What the other side sends from now on carries its {@link #sender}; what reads it may do without. */
    public void identifySenders() {
        ByteBuffer on = ByteBuffer.allocateDirect(Integer.BYTES).order(ByteOrder.nativeOrder());
        if (Libc.setsockopt(fd, SOL_SOCKET, SO_PASSCRED, on.putInt(0, 1), Integer.BYTES) < 0) {
            throw new SysException("setsockopt", name, Native.getLastError());
        }
    }

    /**
     * Waits for something and tells which process sent it, which need not be the one that listens: systemd listens for others.
     * It stays to be received. 0 if the sender has no number here, as outside of our PID namespace, or has closed.
     */
    public int sender(Deadline deadline) throws InterruptedException {
        deadline.await(fd, Posix.POLLIN, "receive", name);
        // Without room for descriptors, so that none is taken.
        try (var message = message(1, CMSG_SPACE_CREDENTIALS)) {
            while (Libc.recvmsg(fd, message, MSG_PEEK) < 0) {
                int number = Native.getLastError();
                if (number != Errno.EINTR.number()) {
                    throw new SysException("receive", name, number);
                }
            }
            return message.getInt(CMSG + 12) == SCM_CREDENTIALS ? message.getInt(CMSG + CMSG_DATA) : 0;
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Posix.system().close(fd);
        }
    }

    /** As in {@link JnaPosix}. */
    private static final class Libc {
        static native int socket(int domain, int type, int protocol);

        static native int socketpair(int domain, int type, int protocol, Buffer fds);

        static native int connect(int fd, Buffer address, int length);

        static native long send(int fd, Buffer bytes, long count, int flags);

        static native long sendmsg(int fd, Pointer message, int flags);

        static native long recvmsg(int fd, Pointer message, int flags);

        static native int setsockopt(int fd, int level, int option, Buffer value, int length);
    }
}
