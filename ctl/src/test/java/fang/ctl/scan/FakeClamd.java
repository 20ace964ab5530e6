// SPDX-License-Identifier: Apache-2.0
package fang.ctl.scan;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Says what the real clamd cannot be made to say. Each connection gets the next script, each command of it the next line;
 * where the lines end, the connection is closed. Descriptors that come are dropped.
 */
final class FakeClamd implements AutoCloseable {
    /** In place of a reply: says nothing and stays. */
    static final String SILENCE = "silence";

    /** In place of a reply: takes content until the length 0, and replies with it. */
    static final String ECHO = "echo";

    private final ServerSocketChannel server;
    private final List<List<String>> scripts;

    /** Every command that came, with the number of its connection. */
    final List<String> commands = Collections.synchronizedList(new ArrayList<>());

    @SafeVarargs
    @SuppressWarnings("varargs")
    FakeClamd(Path socket, List<String>... scripts) throws IOException {
        this.scripts = List.of(scripts);
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread thread = new Thread(this::serve);
        thread.setDaemon(true);
        thread.start();
    }

    private void serve() {
        List<SocketChannel> open = new ArrayList<>();
        try {
            for (int i = 0; i < scripts.size(); i++) {
                SocketChannel connection = server.accept();
                open.add(connection);
                serve(connection, i);
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(SocketChannel connection, int index) throws IOException {
        expect(connection, "zIDSESSION", index);
        for (String reply : scripts.get(index)) {
            if (command(connection, index) == null || reply.equals(SILENCE)) {
                return;
            }
            String text = reply.equals(ECHO) ? "1: stream: " + content(connection) + " FOUND\0" : reply;
            connection.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        }
        connection.close();
    }

    private void expect(SocketChannel connection, String command, int index) throws IOException {
        String found = command(connection, index);
        if (!command.equals(found)) {
            throw new IOException(found);
        }
    }

    private String command(SocketChannel connection, int index) throws IOException {
        var text = new StringBuilder();
        for (int b = oneByte(connection); b != 0; b = oneByte(connection)) {
            if (b < 0) {
                return null;
            }
            text.append((char) b);
        }
        String command = text.toString();
        commands.add(index + " " + command);
        if (command.equals("zFILDES")) {
            oneByte(connection);
        }
        return command;
    }

    private static String content(SocketChannel connection) throws IOException {
        var content = new StringBuilder();
        while (true) {
            int length = 0;
            for (int i = 0; i < Integer.BYTES; i++) {
                length = length << 8 | oneByte(connection);
            }
            if (length == 0) {
                return content.toString();
            }
            for (int i = 0; i < length; i++) {
                content.append((char) oneByte(connection));
            }
        }
    }

    private static int oneByte(SocketChannel connection) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        return connection.read(one) < 0 ? -1 : one.get(0) & 0xff;
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
