// SPDX-License-Identifier: Apache-2.0
package fang.ctl.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Records as the kernel would send them, made from the numbers of the C header rather than with our own codec. */
public final class Records {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int tgid = 812;
    private int last;

    /** Of this process from now on, and of the thread that comes after it. */
    public Records process(int number) {
        tgid = number;
        return this;
    }

    public Records add(int kind, long id, int count, int flags, byte[] path) {
        int addition = path == null ? 0 : 8 + path.length;
        int length = 80 + (addition + 7) / 8 * 8;
        ByteBuffer b = ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
        b.putInt(0, length).putShort(4, (short) 80).putShort(6, (short) flags);
        b.putLong(8, id).putLong(16, 2_000_000_000L).putInt(24, kind).putInt(28, -1);
        b.putInt(32, tgid + 1).putInt(36, tgid).putInt(40, 1000).putInt(44, 100);
        b.putLong(48, 0x801)
                .putLong(56, 4711)
                .putInt(64, 0x8000)
                .putInt(68, count)
                .putLong(72, 9_000_000_000L);
        if (path != null) {
            b.putShort(80, (short) 1).putInt(84, addition).put(88, path);
        }
        bytes.writeBytes(b.array());
        return this;
    }

    /** The same with its number, what it counts and its flags. */
    public Records addWith(int kind, long id, int count, int flags, Object... additions) {
        addWith(kind, additions);
        byte[] all = bytes.toByteArray();
        int start = all.length - last;
        ByteBuffer.wrap(all)
                .order(ByteOrder.nativeOrder())
                .putShort(start + 6, (short) flags)
                .putLong(start + 8, id)
                .putLong(start + 16, 2_000_000_000L)
                .putInt(start + 40, 1000)
                .putInt(start + 44, 100)
                .putLong(start + 48, 0x801)
                .putLong(start + 56, 4711)
                .putInt(start + 64, 0x8000)
                .putInt(start + 68, count)
                .putLong(start + 72, 9_000_000_000L);
        bytes.reset();
        bytes.writeBytes(all);
        return this;
    }

    /** A record with additions: type, text or bytes, type, text or bytes, and so on. */
    public Records addWith(int kind, Object... additions) {
        var tail = new ByteArrayOutputStream();
        for (int i = 0; i < additions.length; i += 2) {
            byte[] text = additions[i + 1] instanceof String string
                    ? string.getBytes(java.nio.charset.StandardCharsets.UTF_8)
                    : (byte[]) additions[i + 1];
            ByteBuffer b = ByteBuffer.allocate((8 + text.length + 7) / 8 * 8).order(ByteOrder.nativeOrder());
            b.putShort(0, ((Integer) additions[i]).shortValue())
                    .putInt(4, 8 + text.length)
                    .put(8, text);
            tail.writeBytes(b.array());
        }
        ByteBuffer head = ByteBuffer.allocate(80).order(ByteOrder.nativeOrder());
        head.putInt(0, 80 + tail.size()).putShort(4, (short) 80).putLong(8, 20).putInt(24, kind);
        head.putInt(28, -1).putInt(32, tgid + 1).putInt(36, tgid).putInt(68, 1);
        bytes.writeBytes(head.array());
        bytes.writeBytes(tail.toByteArray());
        last = 80 + tail.size();
        return this;
    }

    public Records add(int kind, long id, String path) {
        return add(kind, id, 1, 0, path.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    public byte[] bytes() {
        return bytes.toByteArray();
    }
}
