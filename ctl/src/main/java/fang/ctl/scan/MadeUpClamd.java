// SPDX-License-Identifier: Apache-2.0
package fang.ctl.scan;

import fang.ctl.sys.Deadline;
import fang.ctl.sys.LocalSocket;
import fang.ctl.sys.SysException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The other end of a session, for rehearsals: finds most files clean, something in some, and fails now and then. */
final class MadeUpClamd {
    private static final int FOUND_EVERY = 10;
    private static final int ERROR_EVERY = 100;

    /** Longer than any rehearsal, so that no thread of one stays. */
    private static final long LIMIT_MS = 60_000;

    private MadeUpClamd() {}

    static LocalSocket connect(Deadline deadline) {
        LocalSocket[] pair = LocalSocket.pair();
        Thread thread = new Thread(() -> reply(pair[1]), "rehearsal");
        thread.setDaemon(true);
        thread.start();
        return pair[0];
    }

    /** Descriptors that come are dropped by who reads and does not want them. */
    private static void reply(LocalSocket socket) {
        ByteBuffer received = ByteBuffer.allocateDirect(64);
        Deadline deadline = Deadline.in(LIMIT_MS);
        int number = 0;
        try (socket) {
            while (socket.receive(received.clear(), deadline) > 0) {
                for (int i = 0; i < received.position(); i++) {
                    // The one command of a session that has this letter.
                    if (received.get(i) == 'F') {
                        number++;
                        byte[] reply = (number + ": fd[10]: " + result(number) + "\0").getBytes(StandardCharsets.UTF_8);
                        socket.send(
                                ByteBuffer.allocateDirect(reply.length)
                                        .put(reply)
                                        .flip(),
                                deadline);
                    }
                }
            }
        } catch (SysException | InterruptedException e) {
            // The rehearsal is over.
        }
    }

    private static String result(int number) {
        if (number % ERROR_EVERY == 0) {
            return "Rehearsed. ERROR";
        }
        return number % FOUND_EVERY == 0 ? "Rehearsed FOUND" : "OK";
    }
}
