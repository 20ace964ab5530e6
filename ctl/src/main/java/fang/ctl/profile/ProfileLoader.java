// SPDX-License-Identifier: Apache-2.0
package fang.ctl.profile;

import fang.ctl.model.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Hands files to a {@link ProfileReader}, and nothing that is no file or not to be trusted. */
public final class ProfileLoader {
    /** What stands as source of groups that came through standard input. */
    public static final String STDIN = "-";

    /** What stands as source of the groups of drop-in directories. */
    public static final String DROP_INS = "profiles.d";

    /** What the kernel keeps of a label. */
    private static final int LABEL_BYTES_MAX = 255;

    private final ProfileReader reader;
    private final FileTrust trust;
    private final Set<String> sources = new LinkedHashSet<>();

    /**
     * @param trust whose files are read; others become problems
     */
    public ProfileLoader(ProfileReader reader, FileTrust trust) {
        this.reader = reader;
        this.trust = trust;
    }

    /** Everything that was named, whether it has groups or not. */
    public Set<String> sources() {
        return sources;
    }

    /** A profile that comes through a pipe. */
    public void addStream(InputStream stream) throws IOException {
        sources.add(STDIN);
        reader.add(STDIN, STDIN, stream.readNBytes(YamlTree.BYTES_MAX + 1));
    }

    /** A file, or all profiles of a directory. */
    public void add(Path path) throws IOException {
        String source = label(path.toAbsolutePath().normalize().toString());
        sources.add(source);
        if (Files.isDirectory(path)) {
            addAll(List.of(path), source);
        } else {
            addFile(path, source);
        }
    }

    /**
     * The profiles of drop-in directories, as one source.
     *
     * @param directories those that are there; the last one's files shadow those of the same name
     */
    public void addDropIns(List<Path> directories) throws IOException {
        sources.add(DROP_INS);
        addAll(directories, DROP_INS);
    }

    private void addAll(List<Path> directories, String source) throws IOException {
        boolean trusted = true;
        for (Path directory : directories) {
            Optional<String> wrong = trust.judgeDirectory(directory);
            wrong.ifPresent(message -> reader.refuse(name(directory), message));
            trusted &= wrong.isEmpty();
        }
        if (trusted) {
            for (Path file : ProfileFolder.files(directories)) {
                addFile(file, source);
            }
        }
    }

    private void addFile(Path path, String source) throws IOException {
        // Opening a FIFO or a device may wait for ever, or do something.
        var attributes = Files.readAttributes(path, BasicFileAttributes.class);
        if (!attributes.isRegularFile()) {
            String what = attributes.isDirectory() ? "a directory" : "a pipe, socket or device";
            String remedy = attributes.isDirectory() ? "" : "; pipes are read by -f -";
            reader.refuse(name(path), "is no file but " + what + remedy);
            return;
        }
        Optional<String> wrong = trust.judgeFile(path);
        if (wrong.isPresent()) {
            reader.refuse(name(path), wrong.get());
            return;
        }
        try (InputStream file = Files.newInputStream(path)) {
            reader.add(name(path), source, file.readNBytes(YamlTree.BYTES_MAX + 1));
        }
    }

    private static String name(Path path) {
        return Printable.of(path.toString());
    }

    /** As much of the path's end as a group's label holds. */
    private static String label(String path) {
        String label = Printable.of(path);
        int cut = Math.max(0, label.length() - LABEL_BYTES_MAX);
        while (label.substring(cut).getBytes(StandardCharsets.UTF_8).length > LABEL_BYTES_MAX) {
            cut++;
        }
        return label.substring(cut);
    }
}
