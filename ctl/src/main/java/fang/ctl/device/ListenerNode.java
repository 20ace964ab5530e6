// SPDX-License-Identifier: Apache-2.0
package fang.ctl.device;

import fang.ctl.abi.Abi;
import fang.ctl.abi.AbiRange;
import fang.ctl.abi.ExemptCodec;
import fang.ctl.abi.OpenCodec;
import fang.ctl.abi.RecordCodec;
import fang.ctl.abi.ResponseCodec;
import fang.ctl.model.Errno;
import fang.ctl.model.Event;
import fang.ctl.model.Response;
import fang.ctl.sys.Posix;
import fang.ctl.sys.SysException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * One listener of a group: an open device node. For one thread, but where it says otherwise.
 *
 * <p>From the open on, requests of this group may wait for this process, so {@link #prepare} belongs before it.
 */
public final class ListenerNode implements AutoCloseable {
    /** Several hundred records with ordinary paths; the kernel asks for at least FANG_RECORD_MAX. */
    private static final int BUFFER_BYTES = 256 * 1024;

    private final Posix posix;
    private final int fd;
    private final ByteBuffer records;
    private ByteBuffer responses = direct(ResponseCodec.size(64));

    private ListenerNode(Posix posix, int fd, ByteBuffer records) {
        this.posix = posix;
        this.fd = fd;
        this.records = records;
    }

    /**
     * Opens the node and, unless told otherwise, exempts the caller's process group from the group's events.
     *
     * @throws SysException ENOENT: no such group; EACCES: not root
     */
    public static ListenerNode open(Posix posix, String path, boolean exempt) {
        ByteBuffer records = direct(BUFFER_BYTES);
        ByteBuffer processGroup = ExemptCodec.ownProcessGroup();
        int fd = posix.open(path, Posix.O_RDWR | Posix.O_NONBLOCK | Posix.O_CLOEXEC);
        try {
            if (exempt) {
                posix.ioctl(fd, Abi.FANG_IOC_EXEMPT, processGroup);
            }
        } catch (SysException e) {
            posix.close(fd);
            throw e;
        }
        return new ListenerNode(posix, fd, records);
    }

    /** Another descriptor in place of a device, for rehearsals; closed with this. */
    public static ListenerNode of(Posix posix, int fd) {
        return new ListenerNode(posix, fd, direct(BUFFER_BYTES));
    }

    /** Loads what open, read and respond need, through a file that is no device of ours. */
    public static void prepare(Posix posix) {
        try (var node = new ListenerNode(posix, posix.open("/dev/null", Posix.O_RDWR | Posix.O_CLOEXEC), direct(0))) {
            posix.poll(new int[] {node.fd}, new int[] {0}, 0);
            node.read();
            node.respond(List.of());
            ExemptCodec.ownProcessGroup();
            posix.ioctl(node.fd, Abi.FANG_IOC_ABI, direct(AbiRange.size()));
        } catch (SysException e) {
            // /dev/null knows no such ioctl: expected, and loads the class
        }
    }

    /** Which protocols the module speaks. */
    public AbiRange abi() {
        ByteBuffer argument = direct(AbiRange.size());
        posix.ioctl(fd, Abi.FANG_IOC_ABI, argument);
        return AbiRange.decode(argument);
    }

    /** The descriptor, for poll. */
    public int fd() {
        return fd;
    }

    /** What is ready; null if nothing is. An empty list is the end: the group is gone. */
    public List<Event> read() {
        records.clear();
        try {
            posix.read(fd, records);
        } catch (SysException e) {
            if (e.errno() == Errno.EAGAIN) {
                return null;
            }
            throw e;
        }
        records.flip();
        return RecordCodec.decode(records);
    }

    /**
     * A descriptor of the file of a request that was read; its use raises no events. May be called from any thread.
     *
     * @throws SysException ENOENT: the request is settled
     */
    public int openFile(long id) {
        return posix.ioctl(fd, Abi.FANG_IOC_OPEN, OpenCodec.of(id));
    }

    /** Whether {@link #openFile} is permitted, which takes more than the node's own permission. */
    public boolean mayOpenFiles() {
        try {
            // No request has this id.
            openFile(0);
        } catch (SysException e) {
            return e.errno() != Errno.EPERM;
        }
        return true;
    }

    /** Sends a batch. Requests that are no longer open are passed over. */
    public void respond(List<Response> batch) {
        send(batch);
    }

    /**
     * As {@link #respond}; may be called from any thread. What the kernel refuses, such as more time beyond the limit, is
     * passed over, too.
     *
     * @return whether any of them was taken
     */
    public synchronized boolean send(List<Response> batch) {
        boolean taken = false;
        int size = ResponseCodec.size(batch.size());
        if (responses.capacity() < size) {
            responses = direct(size);
        }
        responses.clear();
        ResponseCodec.encode(batch, responses);
        responses.flip();
        while (responses.hasRemaining()) {
            try {
                posix.write(fd, responses);
                taken = true;
            } catch (SysException e) {
                if (e.errno() == Errno.ENOENT) {
                    return taken;
                }
                if (e.errno() != Errno.ERANGE) {
                    throw e;
                }
                responses.position(responses.position() + ResponseCodec.size(1));
            }
        }
        return taken;
    }

    @Override
    public void close() {
        posix.close(fd);
    }

    private static ByteBuffer direct(int size) {
        return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
    }
}
