// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.RawText;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;

/** {@code fangctl batch}. */
final class Batch extends Command {
    /** Far above what one command line holds; without an end a file that is none would fill the memory. */
    private static final int LINE_BYTES_MAX = 1024 * 1024;

    private int exit = ExitCode.DONE;

    Batch() {
        super(
                "batch",
                "Runs commands from a file, or - for stdin: one a line, words as in a shell (quotes and backslashes, but no"
                        + " expansion), # begins a comment. Stops at the first that does not exit 0. Each is for itself:"
                        + " what was done stays done.",
                "fangctl batch setup.fang",
                "fangctl list -o json | jq -r '.[].name' | sed 's/^/disable /' | fangctl batch -",
                "fangctl batch --keep-going cleanup.fang");
        operand(
                "FILE",
                "Commands without the word fangctl; - is stdin. They read nothing from stdin themselves.",
                true);
        flag("Go on after a command that does not exit 0; the exit code is that of the first such.", "--keep-going");
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        boolean keepGoing = has(args, "--keep-going");
        String name = operand(args, 0);
        Runnable check = context.uninterrupted();
        try (InputStream lines = open(name, context)) {
            long number = 0;
            for (String line = line(lines); line != null; line = line(lines)) {
                number++;
                check.run();
                int code = run("line " + number, line, context);
                exit = exit == ExitCode.DONE ? code : exit;
                if (code != ExitCode.DONE && !keepGoing) {
                    context.note("line " + number + " ended with " + code + ", stopped");
                    return code;
                }
            }
            return exit;
        } catch (CancellationException e) {
            context.note("interrupted");
            return ExitCode.INTERRUPTED;
        }
    }

    private static InputStream open(String name, Context context) throws IOException {
        if (name.equals("-")) {
            return new BufferedInputStream(context.in());
        }
        try {
            return new BufferedInputStream(Files.newInputStream(Path.of(name)));
        } catch (NoSuchFileException e) {
            throw new IOException(name + ": no such file");
        } catch (AccessDeniedException e) {
            throw new IOException(name + ": no permission to read it");
        }
    }

    private static int run(String place, String line, Context context) {
        Context nested = context.nested(place);
        List<String> words;
        try {
            words = Words.of(line);
        } catch (IllegalArgumentException e) {
            nested.note(e.getMessage());
            return ExitCode.USAGE;
        }
        if (words.isEmpty()) {
            return ExitCode.DONE;
        }
        if (words.get(0).equals("batch")) {
            nested.note("batch does not run in a batch");
            return ExitCode.USAGE;
        }
        return Cli.run(words.toArray(new String[0]), nested);
    }

    /** The next line, null at the end. */
    private static String line(InputStream in) throws IOException {
        var bytes = new ByteArrayOutputStream();
        int b = in.read();
        if (b < 0) {
            return null;
        }
        for (; b >= 0 && b != '\n'; b = in.read()) {
            if (bytes.size() == LINE_BYTES_MAX) {
                throw new IOException("a line is longer than " + LINE_BYTES_MAX + " bytes");
            }
            bytes.write(b);
        }
        return RawText.decode(bytes.toByteArray());
    }
}
