// SPDX-License-Identifier: Apache-2.0
package fang.ctl.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTrustTest {
    @TempDir
    Path temporary;

    private Path directory;
    private FileTrust trust;

    @BeforeEach
    void owned() throws IOException {
        directory = Files.createDirectory(temporary.toRealPath().resolve("d"));
        mode(directory, "rwxr-xr-x");
        trust = FileTrust.of(0, (int) Files.getAttribute(directory, "unix:uid"));
    }

    private Path file(String name) throws IOException {
        Path file = Files.writeString(directory.resolve(name), "x");
        mode(file, "rw-r--r--");
        return file;
    }

    private static void mode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    @Test
    void ownFilesAreTrusted() throws IOException {
        Path file = file("x");
        assertThat(trust.judgeFile(file)).isEmpty();
        assertThat(trust.judgeFile(directory.resolve("../d/./x"))).isEmpty();
        assertThat(trust.judgeDirectory(directory)).isEmpty();
    }

    @Test
    void whatOthersMayWriteIsNot() throws IOException {
        Path file = file("x");
        mode(file, "rw-rw-r--");
        assertThat(trust.judgeFile(file))
                .contains(file + " is writable by others (mode 664), who could change what is applied."
                        + " Try: chmod go-w " + file);
        mode(file, "rw-r--rw-");
        assertThat(trust.judgeFile(file).orElse("")).contains("mode 646");
        mode(file, "rw-r--r--");
        mode(directory, "rwxrwxr-x");
        assertThat(trust.judgeFile(file).orElse("")).startsWith(directory + " is writable by others (mode 775)");
        assertThat(trust.judgeDirectory(directory)).isPresent();
    }

    @Test
    void aDirectoryAboveCountsToo() throws IOException {
        Path inner = Files.createDirectory(directory.resolve("inner"));
        mode(inner, "rwxr-xr-x");
        Path file = Files.writeString(inner.resolve("x"), "");
        mode(file, "rw-r--r--");
        mode(directory, "rwxr-xrwx");
        assertThat(trust.judgeFile(file).orElse("")).startsWith(directory + " is writable");
        assertThat(trust.judgeDirectory(inner).orElse("")).startsWith(directory + " is writable");
    }

    @Test
    void foreignOwnersAreNamed() throws IOException {
        Path file = file("x");
        int uid = (int) Files.getAttribute(file, "unix:uid");
        assertThat(FileTrust.of(uid + 1).judgeFile(file).orElse(""))
                .contains(" belongs to uid ")
                .contains("Try: a copy of the profile in /etc/fang");
    }

    @Test
    void symbolicLinksAreJudgedByTargetAndDirectory() throws IOException {
        Path file = file("x");
        Path elsewhere = Files.createDirectory(temporary.toRealPath().resolve("e"));
        mode(elsewhere, "rwxr-xr-x");
        Path link = Files.createSymbolicLink(elsewhere.resolve("link"), Path.of("../d/x"));
        assertThat(trust.judgeFile(link)).isEmpty();
        mode(directory, "rwxrwxrwx");
        assertThat(trust.judgeFile(link).orElse("")).startsWith(directory + " is writable");
        mode(directory, "rwxr-xr-x");
        mode(elsewhere, "rwxrwxrwx");
        assertThat(trust.judgeFile(link).orElse("")).startsWith(elsewhere + " is writable");
        mode(elsewhere, "rwxr-xr-x");
        mode(file, "rw-rw-rw-");
        assertThat(trust.judgeFile(link).orElse("")).startsWith(file + " is writable");
        Path loop = Files.createSymbolicLink(elsewhere.resolve("loop"), Path.of("loop"));
        assertThatThrownBy(() -> trust.judgeFile(loop)).isInstanceOf(FileSystemLoopException.class);
    }

    @Test
    void inAStickyDirectoryNobodyReplacesAFileButAnybodyAddsOne() throws IOException {
        Path file = file("x");
        Files.setAttribute(directory, "unix:mode", 01777);
        assertThat(trust.judgeFile(file)).isEmpty();
        assertThat(trust.judgeDirectory(directory)).isPresent();
    }

    @Test
    void everybodysFilesNeedNoJudgement() throws IOException {
        Path file = file("x");
        mode(file, "rw-rw-rw-");
        assertThat(FileTrust.everybody().judgeFile(file)).isEqualTo(Optional.empty());
    }
}
