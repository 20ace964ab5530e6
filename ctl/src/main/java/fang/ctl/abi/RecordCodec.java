// SPDX-License-Identifier: Apache-2.0
package fang.ctl.abi;

import fang.ctl.model.Event;
import fang.ctl.model.RawPath;
import java.nio.ByteBuffer;
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

    private RecordCodec() {}

    /**
     * All records between the buffer's position and limit; the position ends at the limit.
     *
     * @param buffer in native byte order
     * @throws IllegalArgumentException if a length does not fit, which no module that speaks this protocol sends
     */
    public static List<Event> decode(ByteBuffer buffer) {
        List<Event> events = new ArrayList<>();
        while (buffer.hasRemaining()) {
            int start = buffer.position();
            int length = buffer.remaining() < SIZE ? -1 : buffer.getInt(start + LENGTH);
            int head = length < SIZE ? -1 : Short.toUnsignedInt(buffer.getShort(start + HEAD_LENGTH));
            if (length > buffer.remaining() || head < SIZE || head > length) {
                throw new IllegalArgumentException("malformed record at byte " + start);
            }
            events.add(decodeOne(buffer, start, head, length));
            buffer.position(start + length);
        }
        return events;
    }

    private static Event decodeOne(ByteBuffer b, int at, int head, int length) {
        RawPath[] additions = additions(b, at + head, at + length);
        return new Event(
                b.getLong(at + ID),
                b.getLong(at + TIME_NS),
                b.getInt(at + KIND),
                Short.toUnsignedInt(b.getShort(at + FLAGS)),
                b.getInt(at + FD),
                b.getInt(at + PID),
                b.getInt(at + TGID),
                b.getInt(at + UID),
                b.getInt(at + GID),
                b.getLong(at + DEV),
                b.getLong(at + INO),
                b.getInt(at + OPEN_FLAGS),
                b.getInt(at + COUNT),
                b.getLong(at + DEADLINE_NS),
                additions[Abi.FANG_ADDITION_PATH],
                additions[Abi.FANG_ADDITION_COMM],
                additions[Abi.FANG_ADDITION_EXE],
                additions[Abi.FANG_ADDITION_CGROUP]);
    }

    /** By type; types that this program does not know are passed over, of one that comes twice the first counts. */
    private static RawPath[] additions(ByteBuffer b, int from, int end) {
        RawPath[] found = new RawPath[Abi.FANG_ADDITION_CGROUP + 1];
        int at = from;
        while (end - at >= ADDITION_SIZE) {
            int length = b.getInt(at + ADDITION_LENGTH);
            if (length < ADDITION_SIZE || length > end - at) {
                throw new IllegalArgumentException("malformed addition at byte " + at);
            }
            int type = Short.toUnsignedInt(b.getShort(at + ADDITION_TYPE));
            if (type < found.length && found[type] == null) {
                byte[] bytes = new byte[length - ADDITION_SIZE];
                b.get(at + ADDITION_SIZE, bytes);
                found[type] = RawPath.ofBytes(bytes);
            }
            at += length + 7 & ~7;
        }
        return found;
    }
}
