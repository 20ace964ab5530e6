// SPDX-License-Identifier: Apache-2.0
package fang.ctl.sys;

import com.sun.jna.Native;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A datagram socket with a path, to be sent to: what the JDK does not have. */
public final class DatagramSocket implements AutoCloseable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int BYTES_MAX = 65_536;

    private final int fd;

    static {
        Native.register(DatagramSocket.class, com.sun.jna.NativeLibrary.getProcess());
    }

    public DatagramSocket(Path path) {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer address = ByteBuffer.allocateDirect(name.length + 3).order(ByteOrder.nativeOrder());
        address.putShort((short) AF_UNIX).put(name).put((byte) 0).rewind();
        fd = socket(AF_UNIX, SOCK_DGRAM, 0);
        if (bind(fd, address, address.capacity()) != 0) {
            throw new IllegalStateException("bind " + path);
        }
    }

    /** The next datagram, one character a byte; null if there is none. */
    public String receive() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BYTES_MAX);
        long length = recv(fd, buffer, BYTES_MAX, MSG_DONTWAIT);
        if (length < 0) {
            return null;
        }
        byte[] bytes = new byte[(int) length];
        buffer.get(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        close(fd);
    }

    private static native int socket(int family, int type, int protocol);

    private static native int bind(int fd, Buffer address, int length);

    private static native long recv(int fd, Buffer buffer, long length, int flags);

    private static native int close(int fd);
}
