// SPDX-License-Identifier: Apache-2.0
package fang.ctl.abi;

import fang.ctl.model.Event;
import fang.ctl.model.RawPath;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Decodes what read() on a group's device returns. Pure: bytes in, events out. */
public final class RecordCodec {
    static final int SIZE = 80;
    static final int LENGTH = 0;
    static final int HEAD_LENGTH = 4;
    static final int FLAGS = 6;
    static final int ID = 8;
    static final int TIME_NS = 16;
    static final int KIND = 24;
    static final int FD = 28;
    static final int PID = 32;
    static final int TGID = 36;
    static final int UID = 40;
    static final int GID = 44;
    static final int DEV = 48;
    static final int INO = 56;
    static final int OPEN_FLAGS = 64;
    static final int COUNT = 68;
    static final int DEADLINE_NS = 72;

    static final int ADDITION_SIZE = 8;
    static final int ADDITION_TYPE = 0;
    static final int ADDITION_LENGTH = 4;

    private static final RawPath[] NO_ADDITIONS = new RawPath[Abi.FANG_ADDITION_CGROUP + 1];

    private RecordCodec() {}

    /**
     * All records between the buffer's position and limit; the position ends at the limit.
     *
     * @param buffer its order is that of the records
     * @throws IllegalArgumentException if a length does not fit, which no module that speaks this protocol sends
     */
    public static List<Event> decode(ByteBuffer buffer) {
        // One copy: each single access to a direct buffer takes several calls, and a record has twenty.
        byte[] bytes = new byte[buffer.remaining()];
        int base = buffer.position();
        boolean little = buffer.order() == ByteOrder.LITTLE_ENDIAN;
        buffer.get(bytes);
        List<Event> events = new ArrayList<>(bytes.length / SIZE);
        int start = 0;
        while (start < bytes.length) {
            int rest = bytes.length - start;
            int length = rest < SIZE ? -1 : getInt(bytes, start + LENGTH, little);
            int head = length < SIZE ? -1 : getShort(bytes, start + HEAD_LENGTH, little);
            if (length > rest || head < SIZE || head > length) {
                throw new IllegalArgumentException("malformed record at byte " + (base + start));
            }
            events.add(decodeOne(bytes, start, head, length, little));
            start += length;
        }
        return events;
    }

    /** A record as the kernel would write it, for who decodes before there is anything to read; but its descriptor. */
    public static ByteBuffer encode(Event event) {
        RawPath[] additions = NO_ADDITIONS.clone();
        additions[Abi.FANG_ADDITION_PATH] = event.path();
        additions[Abi.FANG_ADDITION_COMM] = event.comm();
        additions[Abi.FANG_ADDITION_EXE] = event.exe();
        additions[Abi.FANG_ADDITION_CGROUP] = event.cgroup();
        int length = SIZE;
        for (RawPath addition : additions) {
            length += addition == null
                    ? 0
                    : ADDITION_SIZE + padded(addition.latin1().length());
        }
        ByteBuffer record = ByteBuffer.allocateDirect(length).order(ByteOrder.nativeOrder());
        record.putInt(LENGTH, length).putShort(HEAD_LENGTH, (short) SIZE).putShort(FLAGS, (short) event.flags());
        record.putLong(ID, event.id()).putLong(TIME_NS, event.timeNs()).putInt(KIND, event.kind());
        record.putInt(FD, event.fd()).putInt(PID, event.pid()).putInt(TGID, event.tgid());
        record.putInt(UID, event.uid())
                .putInt(GID, event.gid())
                .putLong(DEV, event.dev())
                .putLong(INO, event.ino());
        record.putInt(OPEN_FLAGS, event.openFlags()).putInt(COUNT, event.count());
        record.putLong(DEADLINE_NS, event.deadlineNs());
        int at = SIZE;
        for (int type = 0; type < additions.length; type++) {
            if (additions[type] != null) {
                byte[] bytes = additions[type].bytes();
                record.putShort(at + ADDITION_TYPE, (short) type);
                record.putInt(at + ADDITION_LENGTH, ADDITION_SIZE + bytes.length);
                record.position(at + ADDITION_SIZE).put(bytes);
                at += ADDITION_SIZE + padded(bytes.length);
            }
        }
        return record.rewind();
    }

    private static int padded(int length) {
        return length + 7 & ~7;
    }

    private static Event decodeOne(byte[] b, int at, int head, int length, boolean little) {
        RawPath[] additions = head == length ? NO_ADDITIONS : additions(b, at + head, at + length, little);
        return new Event(
                getLong(b, at + ID, little),
                getLong(b, at + TIME_NS, little),
                getInt(b, at + KIND, little),
                getShort(b, at + FLAGS, little),
                getInt(b, at + FD, little),
                getInt(b, at + PID, little),
                getInt(b, at + TGID, little),
                getInt(b, at + UID, little),
                getInt(b, at + GID, little),
                getLong(b, at + DEV, little),
                getLong(b, at + INO, little),
                getInt(b, at + OPEN_FLAGS, little),
                getInt(b, at + COUNT, little),
                getLong(b, at + DEADLINE_NS, little),
                additions[Abi.FANG_ADDITION_PATH],
                additions[Abi.FANG_ADDITION_COMM],
                additions[Abi.FANG_ADDITION_EXE],
                additions[Abi.FANG_ADDITION_CGROUP]);
    }

    /** By type; types that this program does not know are passed over, of one that comes twice the first counts. */
    private static RawPath[] additions(byte[] b, int from, int end, boolean little) {
        RawPath[] found = new RawPath[NO_ADDITIONS.length];
        int at = from;
        while (end - at >= ADDITION_SIZE) {
            int length = getInt(b, at + ADDITION_LENGTH, little);
            if (length < ADDITION_SIZE || length > end - at) {
                throw new IllegalArgumentException("malformed addition at byte " + at);
            }
            int type = getShort(b, at + ADDITION_TYPE, little);
            if (type < found.length && found[type] == null) {
                found[type] = RawPath.ofBytes(b, at + ADDITION_SIZE, length - ADDITION_SIZE);
            }
            at += padded(length);
        }
        return found;
    }

    private static int getShort(byte[] b, int at, boolean little) {
        int first = b[at] & 0xff;
        int second = b[at + 1] & 0xff;
        return little ? first | second << 8 : first << 8 | second;
    }

    private static int getInt(byte[] b, int at, boolean little) {
        int value = b[at] & 0xff | (b[at + 1] & 0xff) << 8 | (b[at + 2] & 0xff) << 16 | b[at + 3] << 24;
        return little ? value : Integer.reverseBytes(value);
    }

    private static long getLong(byte[] b, int at, boolean little) {
        long first = Integer.toUnsignedLong(getInt(b, at, little));
        long second = Integer.toUnsignedLong(getInt(b, at + Integer.BYTES, little));
        return little ? first | second << Integer.SIZE : first << Integer.SIZE | second;
    }
}
