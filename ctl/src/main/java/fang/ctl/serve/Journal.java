// SPDX-License-Identifier: Apache-2.0
package fang.ctl.serve;

import fang.ctl.sys.Posix;
import fang.ctl.sys.SysException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** systemd's journal, by its native protocol: fields as they are, paths too, and not a line to be taken apart. */
public final class Journal implements Log.Sink {
    public static final String SOCKET = "/run/systemd/journal/socket";

    private final Posix posix;
    private final String socket;
    private final Log.Sink otherwise;
    private int fd = -1;

    /** @param otherwise gets what the journal does not take */
    public Journal(Posix posix, String socket, Log.Sink otherwise) {
        this.posix = posix;
        this.socket = socket;
        this.otherwise = otherwise;
    }

    @Override
    public void write(Log.Entry entry) {
        byte[] bytes = encode(entry);
        // Twice, as a journal that was started again has another socket.
        for (int i = 0; i < 2; i++) {
            try {
                if (fd < 0) {
                    fd = posix.datagramTo(socket);
                }
                posix.write(
                        fd, ByteBuffer.allocateDirect(bytes.length).put(bytes).flip());
                return;
            } catch (SysException e) {
                if (fd >= 0) {
                    posix.close(fd);
                    fd = -1;
                }
            }
        }
        otherwise.write(entry);
    }

    /** A field a line; a value with a line end in it is told by its length. */
    static byte[] encode(Log.Entry entry) {
        var out = new ByteArrayOutputStream();
        Map<String, byte[]> fields = new LinkedHashMap<>();
        fields.put("MESSAGE", entry.message().getBytes(StandardCharsets.UTF_8));
        fields.put("PRIORITY", Integer.toString(entry.priority()).getBytes(StandardCharsets.US_ASCII));
        fields.put("SYSLOG_IDENTIFIER", "fangctl".getBytes(StandardCharsets.US_ASCII));
        fields.putAll(entry.fields());
        fields.forEach((name, value) -> {
            out.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
            boolean lines = false;
            for (byte b : value) {
                lines |= b == '\n';
            }
            if (lines) {
                out.write('\n');
                out.writeBytes(ByteBuffer.allocate(Long.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(value.length)
                        .array());
            } else {
                out.write('=');
            }
            out.writeBytes(value);
            out.write('\n');
        });
        return out.toByteArray();
    }
}
