// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.RawPath;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Paths from arguments or, if there are none, from stdin: one a line, or with a NUL after each. */
final class PathSource {
    /** What is done with each path. */
    interface Action {
        void accept(RawPath path) throws IOException;
    }

    private PathSource() {}

    /**
     * Hands on every path, absolute; relative ones start at the current directory.
     *
     * @param nul whether stdin has a NUL after each path
     */
    static void forEach(String[] arguments, InputStream stdin, boolean nul, Action action) throws IOException {
        for (String argument : arguments) {
            action.accept(absolute(RawPath.ofText(argument)));
        }
        if (arguments.length > 0) {
            return;
        }
        InputStream in = new BufferedInputStream(stdin);
        var path = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == (nul ? 0 : '\n')) {
                emit(path, action);
            } else {
                path.write(b);
            }
        }
        emit(path, action);
    }

    private static void emit(ByteArrayOutputStream path, Action action) throws IOException {
        if (path.size() > 0) {
            RawPath found = RawPath.ofBytes(path.toByteArray());
            path.reset();
            action.accept(absolute(found));
        }
    }

    private static RawPath absolute(RawPath path) throws IOException {
        return path.isAbsolute() ? path : new RawPath(here().latin1() + "/" + path.latin1());
    }

    /** The current directory; the JVM's word for it has marks where bytes are no UTF-8. */
    private static RawPath here() throws IOException {
        String text = Path.of("").toAbsolutePath().toString();
        if (text.indexOf('\ufffd') < 0) {
            return RawPath.ofText(text);
        }
        // A path that came from the system still has its bytes, and its URI tells them.
        String uri = Files.readSymbolicLink(Path.of("/proc/self/cwd")).toUri().getRawPath();
        var latin1 = new StringBuilder();
        for (int i = 0; i < uri.length(); i++) {
            boolean encoded = uri.charAt(i) == '%';
            latin1.append(encoded ? (char) Integer.parseInt(uri.substring(i + 1, i + 3), 16) : uri.charAt(i));
            i += encoded ? 2 : 0;
        }
        return new RawPath(
                latin1.length() > 1 && latin1.charAt(latin1.length() - 1) == '/'
                        ? latin1.substring(0, latin1.length() - 1)
                        : latin1.toString());
    }
}
