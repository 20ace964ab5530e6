// SPDX-License-Identifier: Apache-2.0
package fang.ctl.sys;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Through perf_event_open(2): a descriptor and a ring for each processor. */
final class PerfStream implements TraceStream {
    /** Memory of all rings together, which is locked. */
    private static final int RINGS_BYTES = 8 << 20;

    /** Of one: some thousand records of 300 bytes between two drains. */
    private static final int RING_BYTES_MAX = 1 << 20;

    private static final Path PROCESSORS = Path.of("/sys/devices/system/cpu/online");
    private static final int SYS_PERF_EVENT_OPEN = System.getProperty("os.arch").equals("aarch64") ? 241 : 298;
    private static final int PERF_TYPE_TRACEPOINT = 2;
    /** PERF_SAMPLE_TID, PERF_SAMPLE_RAW. */
    private static final int SAMPLE = 1 << 1 | 1 << 10;

    private static final int PERF_FLAG_FD_CLOEXEC = 8;
    /** Of the first version of struct perf_event_attr. */
    private static final int ATTRIBUTES_SIZE = 64;

    private static final int PROT_READ_WRITE = 1 | 2;
    private static final int MAP_SHARED = 1;

    /** In struct perf_event_mmap_page. */
    private static final int DATA_HEAD = 1024;

    private static final int DATA_TAIL = 1032;

    private static final int PERF_RECORD_LOST = 2;
    private static final int PERF_RECORD_SAMPLE = 9;
    private static final int HEADER = 8;
    /** Of a sample: header, pid, tid, and the length of what follows. */
    private static final int SAMPLE_HEAD = HEADER + 12;

    static {
        // Sets JNA up.
        Posix.system();
        Native.register(Libc.class, NativeLibrary.getProcess());
    }

    private record Ring(int fd, Pointer page, Pointer data) {}

    private final List<Ring> rings = new ArrayList<>();
    private final int page = Libc.getpagesize();
    private int size;
    /** A record's length is a u16. */
    private final byte[] record = new byte[1 << 16];

    private final ByteBuffer wrapped = ByteBuffer.wrap(record).order(ByteOrder.nativeOrder());

    private PerfStream() {}

    static PerfStream open(long id) {
        var stream = new PerfStream();
        List<Integer> processors = processors();
        stream.size = Math.max(stream.page, Integer.highestOneBit(RINGS_BYTES / processors.size()));
        stream.size = Math.min(stream.size, RING_BYTES_MAX);
        try {
            for (int processor : processors) {
                stream.add(id, processor);
            }
        } catch (SysException e) {
            stream.close();
            throw e;
        }
        return stream;
    }

    private void add(long id, int processor) {
        ByteBuffer attributes = ByteBuffer.allocateDirect(ATTRIBUTES_SIZE).order(ByteOrder.nativeOrder());
        attributes.putInt(PERF_TYPE_TRACEPOINT).putInt(ATTRIBUTES_SIZE).putLong(id);
        // Every event is a sample.
        attributes.putLong(1).putLong(SAMPLE).rewind();
        long fd = Libc.syscall(
                SYS_PERF_EVENT_OPEN,
                Native.getDirectBufferPointer(attributes),
                -1,
                processor,
                -1,
                PERF_FLAG_FD_CLOEXEC);
        if (fd < 0) {
            throw new SysException("perf_event_open", "", Native.getLastError());
        }
        Pointer mapped = Libc.mmap(null, (long) page + size, PROT_READ_WRITE, MAP_SHARED, (int) fd, 0);
        if (Pointer.nativeValue(mapped) == -1) {
            int number = Native.getLastError();
            Posix.system().close((int) fd);
            throw new SysException("mmap", "", number);
        }
        rings.add(new Ring((int) fd, mapped, mapped.share(page)));
    }

    /** Such as {@code 0-3,6}. */
    private static List<Integer> processors() {
        List<Integer> processors = new ArrayList<>();
        try {
            for (String range : Files.readString(PROCESSORS).strip().split(",")) {
                String[] ends = range.split("-");
                int last = Integer.parseInt(ends[ends.length - 1]);
                for (int n = Integer.parseInt(ends[0]); n <= last; n++) {
                    processors.add(n);
                }
            }
        } catch (IOException | NumberFormatException e) {
            return List.of(0);
        }
        return processors;
    }

    @Override
    public long drain(Sink sink) {
        long lost = 0;
        for (Ring ring : rings) {
            long head = ring.page.getLong(DATA_HEAD);
            VarHandle.acquireFence();
            long tail = ring.page.getLong(DATA_TAIL);
            // No further than to this head: what comes meanwhile is for the next time.
            while (tail < head) {
                int type = ring.data.getInt(tail & (size - 1));
                // Records are of 8 bytes each, so a header never wraps.
                int length = Short.toUnsignedInt(ring.data.getShort((tail & (size - 1)) + 6));
                if (length < HEADER) {
                    // Not of this kernel's making.
                    tail = head;
                    break;
                }
                copy(ring.data, tail, length);
                if (type == PERF_RECORD_LOST) {
                    lost += wrapped.getLong(2 * HEADER);
                } else if (type == PERF_RECORD_SAMPLE && length > SAMPLE_HEAD) {
                    ByteBuffer raw = ByteBuffer.wrap(record, SAMPLE_HEAD, length - SAMPLE_HEAD)
                            .slice()
                            .order(ByteOrder.nativeOrder());
                    sink.record(wrapped.getInt(HEADER), raw);
                }
                tail += length;
            }
            VarHandle.fullFence();
            ring.page.setLong(DATA_TAIL, tail);
        }
        return lost;
    }

    private void copy(Pointer data, long from, int length) {
        int start = (int) (from & (size - 1));
        int first = Math.min(length, size - start);
        data.read(start, record, 0, first);
        data.read(0, record, first, length - first);
    }

    @Override
    public void close() {
        for (Ring ring : rings) {
            Libc.munmap(ring.page, (long) page + size);
            Posix.system().close(ring.fd);
        }
        rings.clear();
    }

    /** As in {@link JnaPosix}. */
    private static final class Libc {
        static native long syscall(long number, Pointer first, long second, long third, long fourth, long fifth);

        static native Pointer mmap(Pointer address, long length, int protection, int flags, int fd, long offset);

        static native int munmap(Pointer address, long length);

        static native int getpagesize();
    }
}
