// SPDX-License-Identifier: Apache-2.0
package fang.ctl.scan;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Listens in one process and replies in others, one for each connection: as relays do, and clamd if systemd listens for it.
 * Tells its version, and never what a scan finds.
 */
final class ForkingClamd implements AutoCloseable {
    private static final String PROGRAM = """
            import os, signal, socket, sys

            def tell(what):
                os.write(1, f"{os.getpid()} {what}\\n".encode())

            def serve(connection):
                number = 0
                while received := connection.recv(4096):
                    for command in received.decode().split("\\0"):
                        if command == "zVERSION":
                            number += 1
                            connection.sendall(f"{number}: ClamAV 1.4.6/27000/Mon\\0".encode())
                        tell(command)

            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
            server = socket.socket(socket.AF_UNIX)
            server.bind(sys.argv[1])
            server.listen()
            tell("listens")
            while True:
                connection, _ = server.accept()
                if os.fork() == 0:
                    server.close()
                    serve(connection)
                    os._exit(0)
                connection.close()
            """;

    private final Process process;
    private final BufferedReader told;

    ForkingClamd(Path socket) throws IOException {
        process = new ProcessBuilder("python3", "-c", PROGRAM, socket.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        told = process.inputReader();
        awaitCommand("listens");
    }

    /** Which process has got this command; each is told once. */
    long awaitCommand(String command) throws IOException {
        for (String line = told.readLine(); line != null; line = told.readLine()) {
            String[] words = line.split(" ", 2);
            if (words[1].equals(command)) {
                return Long.parseLong(words[0]);
            }
        }
        throw new IOException("ended");
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().join();
    }
}
