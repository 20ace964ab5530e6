// SPDX-License-Identifier: Apache-2.0
package fang.ctl.serve;

import fang.ctl.sys.Posix;
import fang.ctl.sys.SysException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Tells systemd how it goes, through the socket that it names; tells nobody if it names none. Never waits. */
public final class Notifier {
    private static final long NS_PER_US = 1_000;

    private final Posix posix;
    private final int fd;

    /** @param socket NOTIFY_SOCKET, or null */
    public Notifier(Posix posix, String socket) {
        this.posix = posix;
        int opened = -1;
        try {
            opened = socket == null || socket.isEmpty() ? -1 : posix.datagramTo(socket);
        } catch (SysException e) {
            // Nobody is there to be told.
        }
        this.fd = opened;
    }

    public void ready(String status) {
        send("READY=1\nSTATUS=" + status);
    }

    public void reloading() {
        send("RELOADING=1\nMONOTONIC_USEC=" + System.nanoTime() / NS_PER_US);
    }

    public void stopping() {
        send("STOPPING=1");
    }

    public void status(String status) {
        send("STATUS=" + status);
    }

    public void watchdog() {
        send("WATCHDOG=1");
    }

    private synchronized void send(String text) {
        if (fd < 0) {
            return;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length).put(bytes);
        try {
            posix.write(fd, buffer.flip());
        } catch (SysException e) {
            // A full socket loses this one.
        }
    }
}
