// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Failure;
import fang.ctl.model.Printable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Puts a file in place as a whole: whoever reads it sees the old one or the new one. */
final class WholeFile {
    /** Readers are other users; a narrower umask prevails. */
    private static final String MODE = "rw-r--r--";

    private WholeFile() {}

    /**
     * Replaces the file.
     *
     * @throws Failure PERMISSION or OTHER; then the file is what it was
     */
    static void replace(Path file, byte[] bytes) throws IOException {
        Path absolute = file.toAbsolutePath();
        Path made = null;
        try {
            // Made anew and written through what was opened: the directory may be another user's, who could lay links.
            Path fresh = absolute.resolveSibling("." + absolute.getFileName() + "." + System.nanoTime() + ".new");
            try (FileChannel channel = FileChannel.open(
                    fresh,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(MODE)))) {
                made = fresh;
                ByteBuffer rest = ByteBuffer.wrap(bytes);
                while (rest.hasRemaining()) {
                    channel.write(rest);
                }
            }
            Files.move(made, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            made = null;
        } catch (AccessDeniedException e) {
            throw new Failure(Failure.Kind.PERMISSION, "no permission to write " + Printable.of(file.toString()));
        } catch (NoSuchFileException e) {
            throw new Failure(
                    Failure.Kind.OTHER,
                    Printable.of(file.toString())
                            + ": no such directory. Try: install prometheus-node-exporter, or make it");
        } finally {
            if (made != null) {
                Files.deleteIfExists(made);
            }
        }
    }
}
