// SPDX-License-Identifier: Apache-2.0
package fang.ctl.scan;

import fang.ctl.model.Errno;
import fang.ctl.model.Printable;
import fang.ctl.sys.Deadline;
import fang.ctl.sys.LocalSocket;
import fang.ctl.sys.Posix;
import fang.ctl.sys.SysException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * One connection to clamd, a session in its words: commands are sent one after the other, each after the reply to the one
 * before. clamd numbers them, so no reply is taken for another's.
 */
final class ClamdSession implements AutoCloseable {
    /** The longest name of a signature is a fraction of this. */
    private static final int REPLY_MAX = 8192;

    /** Of a file that is sent; larger pieces save nothing. */
    private static final int PIECE = 64 * 1024;

    private final LocalSocket socket;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(REPLY_MAX);
    private long number;

    private ClamdSession(LocalSocket socket) {
        this.socket = socket;
    }

    /** @param socket connected to clamd; the session's from now on */
    static ClamdSession open(LocalSocket socket, Deadline deadline) throws InterruptedException {
        var session = new ClamdSession(socket);
        try {
            session.socket.send(direct("zIDSESSION\0"), deadline);
            return session;
        } catch (RuntimeException | InterruptedException e) {
            session.close();
            throw e;
        }
    }

    /** Whether it can be used again. clamd closes what was idle for long, and says so. */
    boolean isUsable() {
        return socket.isQuiet();
    }

    /** The process that replies, and what it says of itself and its definitions. */
    String version(Deadline deadline) throws ScannerException, InterruptedException {
        socket.identifySenders();
        socket.send(direct("zVERSION\0"), deadline);
        // 0 is no failure: what clamd says of its definitions is worth having without its number.
        int pid = socket.sender(deadline);
        String version = reply(deadline);
        if (!version.startsWith("ClamAV ")) {
            throw new ScannerException("clamd: unexpected reply \"" + Printable.of(version) + "\" to VERSION");
        }
        return Printable.of(version) + ", pid " + pid;
    }

    /** Hands the file over. The byte that carries the descriptor is the second 0. */
    ClamdReply handOver(int file, Deadline deadline) throws ScannerException, InterruptedException {
        socket.send("zFILDES\0\0".getBytes(StandardCharsets.US_ASCII), file, deadline);
        return ClamdReply.parse(reply(deadline));
    }

    /** Sends the file's content: pieces, each after its length, big end first; then the length 0. */
    ClamdReply stream(int file, Deadline deadline) throws ScannerException, InterruptedException {
        ByteBuffer piece = ByteBuffer.allocateDirect(Integer.BYTES + PIECE);
        socket.send(direct("zINSTREAM\0"), deadline);
        long offset = 0;
        int n = 1;
        try {
            while (n > 0) {
                piece.clear().position(Integer.BYTES);
                n = Posix.system().read(file, piece, offset);
                offset += n;
                socket.send(piece.putInt(0, n).flip(), deadline);
            }
        } catch (SysException e) {
            // It does not take more than its StreamMaxLength: says so, and closes. Whatever else, no reply tells.
            if (!e.call().equals("send") || deadline.hasPassed()) {
                throw e;
            }
        }
        return ClamdReply.parse(reply(deadline));
    }

    private String reply(Deadline deadline) throws ScannerException, InterruptedException {
        number++;
        buffer.clear();
        int end;
        do {
            if (socket.receive(buffer, deadline) == 0) {
                throw new SysException("receive", socket.name(), Errno.ECONNRESET.number());
            }
            end = buffer.get(buffer.position() - 1);
        } while (end != 0 && buffer.hasRemaining());
        byte[] bytes = new byte[buffer.flip().remaining() - (end == 0 ? 1 : 0)];
        buffer.get(bytes);
        String line = new String(bytes, StandardCharsets.UTF_8);
        String prefix = number + ": ";
        if (end != 0 || line.indexOf('\0') >= 0 || !line.startsWith(prefix)) {
            throw new ScannerException("clamd: unexpected reply \"" + Printable.of(line) + "\" to command " + number);
        }
        return line.substring(prefix.length());
    }

    private static ByteBuffer direct(String command) {
        byte[] bytes = command.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    @Override
    public void close() {
        socket.close();
    }
}
