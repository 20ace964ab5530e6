// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Failure;
import fang.ctl.model.Printable;
import fang.ctl.model.Profile;
import fang.ctl.profile.ProfileReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds the profiles that {@code -f FILE|DIR|-} names. */
final class ProfileFiles {
    /** Enough for any profile, and an end to reading from a pipe that has none. */
    private static final int BYTES_MAX = 8 * 1024 * 1024;

    private static final int LABEL_BYTES_MAX = 255;

    private ProfileFiles() {}

    /**
     * All files as one profile; of a directory, the {@code *.yaml} in it, by name.
     *
     * @throws Failure OTHER if a file cannot be read, PROFILE if one is wrong
     */
    static Profile read(String[] names, Context context) {
        ProfileReader reader = new ProfileReader(context.users());
        for (String name : names) {
            try {
                add(name, context.in(), reader);
            } catch (NoSuchFileException e) {
                throw new Failure(Failure.Kind.OTHER, Printable.of(name) + ": no such file or directory");
            } catch (AccessDeniedException e) {
                throw new Failure(Failure.Kind.PERMISSION, "no permission to read " + Printable.of(name));
            } catch (InvalidPathException e) {
                throw new Failure(
                        Failure.Kind.OTHER, Printable.of(name) + ": give files of such names to -f - instead");
            } catch (IOException e) {
                throw new Failure(Failure.Kind.OTHER, Printable.of(name + ": cannot be read: " + e.getMessage()));
            }
        }
        return reader.finish();
    }

    private static void add(String name, InputStream stdin, ProfileReader reader) throws IOException {
        if (name.equals("-")) {
            reader.add("-", "-", stdin.readNBytes(BYTES_MAX));
            return;
        }
        Path path = Path.of(name);
        if (!Files.isDirectory(path)) {
            addFile(path, reader);
            return;
        }
        try (var entries = Files.newDirectoryStream(path, "*.yaml")) {
            List<Path> files = new ArrayList<>();
            entries.forEach(files::add);
            files.sort(null);
            for (Path file : files) {
                addFile(file, reader);
            }
        }
    }

    private static void addFile(Path path, ProfileReader reader) throws IOException {
        try (InputStream file = Files.newInputStream(path)) {
            String source = label(path.toAbsolutePath().normalize().toString());
            reader.add(Printable.of(path.toString()), source, file.readNBytes(BYTES_MAX));
        }
    }

    /** As much of the path's end as a group's label holds. */
    private static String label(String path) {
        String label = Printable.of(path);
        while (label.getBytes(StandardCharsets.UTF_8).length > LABEL_BYTES_MAX) {
            label = label.substring(1);
        }
        return label;
    }
}
