// SPDX-License-Identifier: Apache-2.0
package fang.ctl.testing;

import fang.ctl.abi.Abi;
import fang.ctl.model.Errno;
import fang.ctl.model.RawPath;
import fang.ctl.sys.FileFacts;
import fang.ctl.sys.Posix;
import fang.ctl.sys.SysException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A group's device in memory: hands out prepared reads, keeps what is written, then is at its end. */
public final class FakePosix implements Posix {
    /** What systemd's socket is called here. */
    public static final String NOTIFY_SOCKET = "/run/notify";

    private static final int EVENT = 8;
    private static final int NOTIFIED = 9;

    private final Deque<byte[]> reads = new ArrayDeque<>();
    private final List<byte[]> written = new ArrayList<>();
    /** A command under test has ended long before. */
    private static final int WAKE_LIMIT_S = 30;

    private final List<String> polled = new ArrayList<>();
    private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    private final Semaphore wakes = new Semaphore(0);
    private final Map<String, Long> mounts = new HashMap<>();
    private final Map<String, Runnable> signals = new HashMap<>();
    private final Deque<Runnable> polls = new ArrayDeque<>();
    private int abiMax = Abi.FANG_ABI_MAX;
    private Errno openError;
    private Runnable notified = () -> {};
    private int sibling = -1;
    private boolean isPrivileged = true;
    private long now = 1_000_000_000L;

    public FakePosix reads(byte[] records) {
        reads.add(records);
        return this;
    }

    public FakePosix abi(int minAndMax) {
        abiMax = minAndMax;
        return this;
    }

    /** Happens whenever systemd is told something. */
    public FakePosix notified(Runnable action) {
        notified = action;
        return this;
    }

    public FakePosix openFails(Errno errno) {
        openError = errno;
        return this;
    }

    /** The tool has no CAP_SYS_ADMIN. */
    public FakePosix opensNoFiles() {
        isPrivileged = false;
        return this;
    }

    /** The path leads to the mount with this number; -1: nowhere. */
    public FakePosix mount(String path, long id) {
        mounts.put(path, id);
        if (id < 0) {
            mounts.remove(path);
        }
        return this;
    }

    /** Happens while the next poll that has nothing to do waits. */
    public FakePosix during(Runnable action) {
        polls.add(action);
        return this;
    }

    /** Sends the signal to the tool. */
    public void signal(String name) {
        signals.get(name).run();
    }

    /** This process is of our process group. */
    public FakePosix sibling(int pid) {
        sibling = pid;
        return this;
    }

    /** CLOCK_BOOTTIME from now on, nanoseconds. */
    public FakePosix now(long bootTimeNs) {
        now = bootTimeNs;
        return this;
    }

    /** What was written to the device, one array a call. */
    public List<byte[]> written() {
        return written;
    }

    /** What was polled for: descriptor and events, in order. */
    public List<String> polled() {
        return polled;
    }

    /** open, ioctl and close, in order. */
    public List<String> calls() {
        return calls;
    }

    private boolean isDevice(int fd) {
        return fd == 7;
    }

    @Override
    public int open(String path, int flags) {
        if (path.equals("/dev/null")) {
            return 6;
        }
        calls.add("open " + path);
        if (openError != null) {
            throw new SysException("open", path, openError.number());
        }
        return 7;
    }

    @Override
    public void close(int fd) {
        if (isDevice(fd)) {
            calls.add("close");
        }
    }

    @Override
    public int read(int fd, ByteBuffer buffer) {
        byte[] next = isDevice(fd) ? reads.poll() : null;
        if (next == null) {
            return 0;
        }
        if (next.length == 0) {
            throw new SysException("read", "", Errno.EAGAIN.number());
        }
        buffer.put(next);
        return next.length;
    }

    @Override
    public int read(int fd, ByteBuffer buffer, long offset) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int write(int fd, ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        if (isDevice(fd)) {
            written.add(bytes);
        } else if (fd == NOTIFIED) {
            calls.add("notify " + new String(bytes, StandardCharsets.UTF_8));
            notified.run();
        }
        return bytes.length;
    }

    @Override
    public int ioctl(int fd, long request, ByteBuffer argument) {
        if (!isDevice(fd)) {
            throw new SysException("ioctl", "", Errno.ENOTTY.number());
        }
        if (request == Abi.FANG_IOC_ABI) {
            argument.putInt(0, abiMax).putInt(4, abiMax);
        }
        calls.add("ioctl " + Long.toHexString(request));
        if (request == Abi.FANG_IOC_OPEN) {
            throw new SysException("ioctl", "", (isPrivileged ? Errno.ENOENT : Errno.EPERM).number());
        }
        return 0;
    }

    @Override
    public FileFacts facts(int fd) {
        return new FileFacts(0, 0, 0, 0);
    }

    @Override
    public int datagramTo(String path) {
        if (!path.equals(NOTIFY_SOCKET)) {
            throw new SysException("connect", path, Errno.ENOENT.number());
        }
        return NOTIFIED;
    }

    @Override
    public OptionalLong groupId(String name) {
        return name.equals("staff") ? OptionalLong.of(50) : OptionalLong.empty();
    }

    @Override
    public int[] poll(int[] fds, int[] events, int timeoutMillis) {
        for (int i = 0; i < fds.length; i++) {
            polled.add(fds[i] + " " + events[i]);
        }
        Runnable next = polls.poll();
        if (next == null && isDevice(fds[0]) && isReadable()) {
            int[] ready = new int[fds.length];
            ready[0] = POLLIN;
            return ready;
        }
        boolean alone = fds.length == 1 && fds[0] == EVENT;
        if (next == null && fds[fds.length - 1] == EVENT && isWoken(alone ? WAKE_LIMIT_S : 0)) {
            int[] ready = new int[fds.length];
            ready[fds.length - 1] = POLLIN;
            return ready;
        }
        if (next == null && fds[fds.length - 1] == EVENT) {
            throw new AssertionError("waits for ever");
        }
        if (next != null) {
            next.run();
        }
        return new int[fds.length];
    }

    /** As it is at the end, too. */
    private boolean isReadable() {
        return reads.isEmpty() || reads.peek().length > 0;
    }

    private boolean isWoken(int seconds) {
        try {
            return wakes.tryAcquire(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }

    @Override
    public int eventFd() {
        return EVENT;
    }

    @Override
    public void wake(int eventFd) {
        calls.add("wake");
        wakes.release();
    }

    @Override
    public void onSignal(String name, Runnable action) {
        signals.put(name, action);
    }

    @Override
    public long mountId(RawPath path) {
        Long id = mounts.get(path.display());
        if (id == null) {
            throw new SysException("statx", path.display(), Errno.ENOENT.number());
        }
        return id;
    }

    @Override
    public int processGroup(int pid) {
        return pid == sibling ? 0 : pid;
    }

    @Override
    public long bootTimeNs() {
        return now;
    }

    @Override
    public OptionalLong userId(String name) {
        return name.equals("backup") ? OptionalLong.of(34) : OptionalLong.empty();
    }
}
