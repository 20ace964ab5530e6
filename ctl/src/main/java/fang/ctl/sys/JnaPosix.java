// SPDX-License-Identifier: Apache-2.0
package fang.ctl.sys;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import fang.ctl.model.Errno;
import fang.ctl.model.RawPath;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/**
 * The C library's functions through JNA. Variadic ones (open, ioctl) are called like plain ones, which the calling
 * conventions of x86-64 and arm64 on Linux allow for integers and pointers.
 */
final class JnaPosix implements Posix {
    private static final int CLOCK_BOOTTIME = 7;
    private static final int POLLFD_SIZE = 8;
    private static final int EFD_CLOEXEC = 0x80000;
    private static final int AT_FDCWD = -100;
    private static final int AT_NO_AUTOMOUNT = 0x800;
    private static final int AT_STATX_DONT_SYNC = 0x4000;
    private static final int STATX_SIZE = 256;
    private static final int STX_MNT_ID = 144;

    /** Of pw_uid in struct passwd, after two pointers. */
    private static final int PW_UID = 16;

    /** Of gr_gid in struct group, likewise. */
    private static final int GR_GID = 16;

    private static final int AT_EMPTY_PATH = 0x1000;
    /** Owner, inode number, size. */
    private static final int STATX_FACTS = 0x8 | 0x100 | 0x200;

    private static final int STX_UID = 20;
    private static final int STX_INO = 32;
    private static final int STX_SIZE = 40;
    private static final int STX_DEV_MAJOR = 136;
    private static final int STX_DEV_MINOR = 140;

    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOCK_CLOEXEC = 0x80000;
    /** With the NUL behind it. */
    private static final int SUN_PATH_BYTES = 108;

    private static JnaPosix instance;

    private JnaPosix() {}

    static synchronized JnaPosix instance() {
        if (instance == null) {
            // Only our own library, and no ldconfig process to look for others.
            System.setProperty("jna.nosys", "true");
            System.setProperty("jna.platform.library.path", "/nonexistent");
            Native.register(Libc.class, NativeLibrary.getProcess());
            instance = new JnaPosix();
        }
        return instance;
    }

    @Override
    public int open(String path, int flags) {
        while (true) {
            int fd = Libc.open(path, flags, 0);
            if (fd >= 0) {
                return fd;
            }
            failUnlessInterrupted("open", path);
        }
    }

    @Override
    public void close(int fd) {
        // Linux has closed the descriptor whatever close says.
        Libc.close(fd);
    }

    @Override
    public int read(int fd, ByteBuffer buffer) {
        while (true) {
            long n = Libc.read(fd, buffer.slice(), buffer.remaining());
            if (n >= 0) {
                buffer.position(buffer.position() + (int) n);
                return (int) n;
            }
            failUnlessInterrupted("read", "");
        }
    }

    @Override
    public int read(int fd, ByteBuffer buffer, long offset) {
        while (true) {
            long n = Libc.pread(fd, buffer.slice(), buffer.remaining(), offset);
            if (n >= 0) {
                buffer.position(buffer.position() + (int) n);
                return (int) n;
            }
            failUnlessInterrupted("read", "");
        }
    }

    @Override
    public int write(int fd, ByteBuffer buffer) {
        while (true) {
            long n = Libc.write(fd, buffer.slice(), buffer.remaining());
            if (n >= 0) {
                buffer.position(buffer.position() + (int) n);
                return (int) n;
            }
            failUnlessInterrupted("write", "");
        }
    }

    @Override
    public int ioctl(int fd, long request, ByteBuffer argument) {
        while (true) {
            int result = Libc.ioctl(fd, request, argument);
            if (result >= 0) {
                return result;
            }
            failUnlessInterrupted("ioctl", "");
        }
    }

    @Override
    public int[] poll(int[] fds, int[] events, int timeoutMillis) {
        ByteBuffer pollfds = ByteBuffer.allocateDirect(fds.length * POLLFD_SIZE).order(ByteOrder.nativeOrder());
        for (int i = 0; i < fds.length; i++) {
            pollfds.putInt(fds[i]).putShort((short) events[i]).putShort((short) 0);
        }
        pollfds.rewind();
        while (Libc.poll(pollfds, fds.length, timeoutMillis) < 0) {
            failUnlessInterrupted("poll", "");
        }
        int[] ready = new int[fds.length];
        for (int i = 0; i < fds.length; i++) {
            ready[i] = pollfds.getShort(i * POLLFD_SIZE + 6);
        }
        return ready;
    }

    @Override
    public int eventFd() {
        int fd = Libc.eventfd(0, EFD_CLOEXEC);
        if (fd < 0) {
            throw new SysException("eventfd", "", Native.getLastError());
        }
        return fd;
    }

    @Override
    public void wake(int eventFd) {
        write(
                eventFd,
                ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder()).putLong(0, 1));
    }

    @Override
    public void onSignal(String name, Runnable action) {
        Signals.handle(name, action);
    }

    @Override
    public long mountId(RawPath path) {
        byte[] bytes = path.bytes();
        ByteBuffer name = ByteBuffer.allocateDirect(bytes.length + 1).put(bytes).put((byte) 0);
        name.rewind();
        ByteBuffer statx = ByteBuffer.allocateDirect(STATX_SIZE).order(ByteOrder.nativeOrder());
        // Asked for nothing, it tells the mount all the same; asked for anything, FUSE refuses even root.
        while (Libc.statx(AT_FDCWD, name, AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, 0, statx) < 0) {
            failUnlessInterrupted("statx", path.display());
        }
        return statx.getLong(STX_MNT_ID);
    }

    @Override
    public FileFacts facts(int fd) {
        ByteBuffer name = ByteBuffer.allocateDirect(1);
        ByteBuffer statx = ByteBuffer.allocateDirect(STATX_SIZE).order(ByteOrder.nativeOrder());
        while (Libc.statx(fd, name, AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_FACTS, statx) < 0) {
            failUnlessInterrupted("statx", "");
        }
        return new FileFacts(
                Integer.toUnsignedLong(statx.getInt(STX_UID)),
                statx.getLong(STX_SIZE),
                device(statx.getInt(STX_DEV_MAJOR), statx.getInt(STX_DEV_MINOR)),
                statx.getLong(STX_INO));
    }

    /** As the kernel packs both, its new_encode_dev(). */
    private static long device(int major, int minor) {
        return Integer.toUnsignedLong((minor & 0xff) | major << 8 | (minor & ~0xff) << 12);
    }

    @Override
    public int datagramTo(String path) {
        byte[] name = path.getBytes(StandardCharsets.UTF_8);
        if (name.length == 0 || name.length >= SUN_PATH_BYTES) {
            throw new SysException("connect", path, Errno.ENAMETOOLONG.number());
        }
        boolean isAbstract = name[0] == '@';
        int length = Short.BYTES + name.length + (isAbstract ? 0 : 1);
        ByteBuffer address = ByteBuffer.allocateDirect(length).order(ByteOrder.nativeOrder());
        address.putShort((short) AF_UNIX).put(name);
        if (isAbstract) {
            address.put(Short.BYTES, (byte) 0);
        }
        int fd = Libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0) {
            throw new SysException("socket", "", Native.getLastError());
        }
        if (Libc.connect(fd, address.rewind(), length) < 0) {
            int number = Native.getLastError();
            Libc.close(fd);
            throw new SysException("connect", path, number);
        }
        return fd;
    }

    @Override
    public int processGroup(int pid) {
        return Math.max(0, Libc.getpgid(pid));
    }

    @Override
    public OptionalLong userId(String name) {
        Pointer passwd = Libc.getpwnam(name);
        return passwd == null ? OptionalLong.empty() : OptionalLong.of(Integer.toUnsignedLong(passwd.getInt(PW_UID)));
    }

    @Override
    public OptionalLong groupId(String name) {
        Pointer group = Libc.getgrnam(name);
        return group == null ? OptionalLong.empty() : OptionalLong.of(Integer.toUnsignedLong(group.getInt(GR_GID)));
    }

    @Override
    public long bootTimeNs() {
        ByteBuffer timespec = ByteBuffer.allocateDirect(16).order(ByteOrder.nativeOrder());
        Libc.clock_gettime(CLOCK_BOOTTIME, timespec);
        return timespec.getLong(0) * 1_000_000_000L + timespec.getLong(8);
    }

    private static void failUnlessInterrupted(String call, String path) {
        int number = Native.getLastError();
        if (number != Errno.EINTR.number()) {
            throw new SysException(call, path, number);
        }
    }

    /** Directly mapped: names and types are those of the C functions on 64-bit Linux. */
    private static final class Libc {
        static native int open(String path, int flags, int mode);

        static native int close(int fd);

        static native long read(int fd, Buffer buffer, long count);

        static native long pread(int fd, Buffer buffer, long count, long offset);

        static native long write(int fd, Buffer buffer, long count);

        static native int ioctl(int fd, long request, Buffer argument);

        static native int poll(Buffer fds, long count, int timeout);

        static native int eventfd(int initial, int flags);

        static native int statx(int directory, Buffer path, int flags, int mask, Buffer statx);

        static native int getpgid(int pid);

        static native Pointer getpwnam(String name);

        static native Pointer getgrnam(String name);

        static native int socket(int family, int type, int protocol);

        static native int connect(int fd, Buffer address, int length);

        static native int clock_gettime(int clock, Buffer timespec);
    }
}
