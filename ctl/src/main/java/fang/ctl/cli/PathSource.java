// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.RawPath;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** Paths from arguments or, if there are none, from stdin: one a line, or with a NUL after each. */
final class PathSource {
    /** What is done with each path. */
    interface Action {
        void accept(RawPath path) throws IOException;
    }

    /** A mark that the JVM puts where an argument's bytes were no text. */
    private static final char REPLACEMENT = '\ufffd';

    private PathSource() {}

    /**
     * Hands on every path, absolute; relative ones start at the current directory.
     *
     * @param nul whether stdin has a NUL after each path
     */
    static void forEach(String[] arguments, InputStream stdin, boolean nul, Action action) throws IOException {
        for (String argument : arguments) {
            if (argument.indexOf(REPLACEMENT) >= 0) {
                throw Command.usage(
                        "a path that is not UTF-8 cannot be an argument. Try: printf '...\\0' | fangctl ... -0");
            }
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

    private static RawPath absolute(RawPath path) {
        return path.isAbsolute()
                ? path
                : new RawPath(
                        RawPath.ofText(Path.of("").toAbsolutePath().toString()).latin1() + "/" + path.latin1());
    }
}
