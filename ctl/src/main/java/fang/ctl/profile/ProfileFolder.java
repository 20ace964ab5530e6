// SPDX-License-Identifier: Apache-2.0
package fang.ctl.profile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Finds the profiles of directories: {@code *.yaml}, by name; hidden files, as editors leave them, are none. */
final class ProfileFolder {
    /** More files than that are no directory of profiles. */
    static final int FILES_MAX = 1000;

    private static final Path MASK = Path.of("/dev/null");

    private ProfileFolder() {}

    /**
     * The files, sorted by name.
     *
     * @param directories of files with the same name, that of the last directory counts; a link to /dev/null is no file
     */
    static List<Path> files(List<Path> directories) throws IOException {
        Map<String, Path> byName = new TreeMap<>();
        for (Path directory : directories) {
            try (var entries = Files.newDirectoryStream(directory, "*.yaml")) {
                for (Path entry : entries) {
                    String name = entry.getFileName().toString();
                    if (!name.startsWith(".")) {
                        byName.put(name, entry);
                    }
                    if (byName.size() > FILES_MAX) {
                        throw new IOException("more than " + FILES_MAX + " profiles");
                    }
                }
            }
        }
        byName.values().removeIf(file -> directories.size() > 1 && isMask(file));
        return List.copyOf(byName.values());
    }

    private static boolean isMask(Path file) {
        try {
            return Files.isSymbolicLink(file)
                    && Files.readSymbolicLink(file).normalize().equals(MASK);
        } catch (IOException e) {
            return false;
        }
    }
}
