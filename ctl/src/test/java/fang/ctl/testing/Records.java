// SPDX-License-Identifier: Apache-2.0
package fang.ctl.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Records as the kernel would send them, made from the numbers of the C header rather than with our own codec. */
public final class Records {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    public Records add(int kind, long id, int count, int flags, byte[] path) {
        int addition = path == null ? 0 : 8 + path.length;
        int length = 80 + (addition + 7) / 8 * 8;
        ByteBuffer b = ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
        b.putInt(0, length).putShort(4, (short) 80).putShort(6, (short) flags);
        b.putLong(8, id).putLong(16, 2_000_000_000L).putInt(24, kind).putInt(28, -1);
        b.putInt(32, 813).putInt(36, 812).putInt(40, 1000).putInt(44, 100);
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

    /** A record with additions: type, text, type, text, and so on. */
    public Records addWith(int kind, Object... additions) {
        var tail = new ByteArrayOutputStream();
        for (int i = 0; i < additions.length; i += 2) {
            byte[] text = ((String) additions[i + 1]).getBytes(java.nio.charset.StandardCharsets.UTF_8);
            ByteBuffer b = ByteBuffer.allocate((8 + text.length + 7) / 8 * 8).order(ByteOrder.nativeOrder());
            b.putShort(0, ((Integer) additions[i]).shortValue())
                    .putInt(4, 8 + text.length)
                    .put(8, text);
            tail.writeBytes(b.array());
        }
        ByteBuffer head = ByteBuffer.allocate(80).order(ByteOrder.nativeOrder());
        head.putInt(0, 80 + tail.size()).putShort(4, (short) 80).putLong(8, 20).putInt(24, kind);
        head.putInt(28, -1).putInt(32, 813).putInt(36, 812).putInt(68, 1);
        bytes.writeBytes(head.array());
        bytes.writeBytes(tail.toByteArray());
        return this;
    }

    public Records add(int kind, long id, String path) {
        return add(kind, id, 1, 0, path.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    public byte[] bytes() {
        return bytes.toByteArray();
    }
}
