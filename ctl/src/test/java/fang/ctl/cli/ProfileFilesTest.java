// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import fang.ctl.profile.FileTrust;
import fang.ctl.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which files are profiles, and which are refused before they are read. */
@Timeout(60)
class ProfileFilesTest {
    @TempDir
    Path temporary;

    private final Tool tool = new Tool();
    private Path usr;
    private Path etc;

    @BeforeEach
    void directories() throws IOException {
        usr = Files.createDirectory(temporary.toRealPath().resolve("usr"));
        etc = Files.createDirectory(temporary.toRealPath().resolve("etc"));
        for (Path directory : new Path[] {usr, etc}) {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        tool.profileDirectories(usr, etc);
    }

    private static Path profile(Path directory, String name, String group, int priority) throws IOException {
        Path file = Files.writeString(
                directory.resolve(name),
                "version: 1\ngroups:\n  " + group + ": {priority: " + priority
                        + ", mask: open, scopes: [{subtree: /srv}]}\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        return file;
    }

    @Test
    void dropInsShadowEachOtherByName() throws IOException {
        profile(usr, "a.yaml", "a", 1);
        profile(usr, "b.yaml", "b", 2);
        profile(usr, "c.yaml", "c", 3);
        profile(etc, "b.yaml", "b", 20);
        profile(etc, ".c.yaml", "hidden", 4);
        profile(etc, "d.yaml~", "backup", 5);
        Files.createSymbolicLink(etc.resolve("c.yaml"), Path.of("/dev/null"));

        assertThat(tool.run("apply").out())
                .isEqualTo("created a (enabled; open; subtree /srv)\ncreated b (enabled; open; subtree /srv)\n"
                        + "2 created, 0 updated, 0 removed, 0 unchanged\n");
        assertThat(tool.kernel.readText("groups/b/priority")).isEqualTo("20");
        assertThat(tool.kernel.readText("groups/a/label")).isEqualTo("profiles.d");
        assertThat(tool.run("check").out()).isEqualTo("ok: 2 groups\n");
        assertThat(tool.run("diff")).isEqualTo(new Tool.Result(0, "", ""));

        Files.delete(usr.resolve("a.yaml"));
        assertThat(tool.run("apply").out()).isEqualTo("0 created, 0 updated, 0 removed, 1 unchanged\n");
        assertThat(tool.run("apply", "--prune").out())
                .isEqualTo("removed a\n0 created, 0 updated, 1 removed, 1 unchanged\n");
        Files.delete(etc.resolve("b.yaml"));
        Files.delete(usr.resolve("b.yaml"));
        assertThat(tool.run("apply", "--prune").err()).contains("no group there, so none is removed");
        assertThat(tool.run("apply", "--prune", "--allow-empty").out()).startsWith("removed b\n");
    }

    @Test
    void withoutTheSecondDirectoryTheFirstServes() throws IOException {
        tool.profileDirectories(usr, etc.resolve("none"));
        assertThat(tool.run("apply").out()).isEqualTo("0 created, 0 updated, 0 removed, 0 unchanged\n");
    }

    @Test
    void aGroupStandsInOneFile() throws IOException {
        Path first = profile(usr, "a.yaml", "a", 1);
        Path second = profile(etc, "b.yaml", "a", 1);
        assertThat(tool.run("check").err())
                .isEqualTo(second + ":3:3: groups.a: the group stands at " + first
                        + ":3:3, too\n1 error, nothing was changed\n");
    }

    @Test
    void onlyTrustedFilesAreApplied() throws IOException {
        int self = (int) Files.getAttribute(usr, "unix:uid");
        tool.trust(FileTrust.of(0, self));
        Path file = profile(usr, "a.yaml", "a", 1);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));

        Tool.Result result = tool.run("apply", "-f", file.toString());
        assertThat(result.exit()).isEqualTo(4);
        assertThat(result.err())
                .isEqualTo(file + ":1:1: " + file
                        + " is writable by others (mode 664), who could change what is applied. Try: chmod go-w "
                        + file + "\n1 error, nothing was changed\n");
        assertThat(tool.run("apply").exit()).isEqualTo(4);
        assertThat(tool.kernel.list("groups")).isEmpty();
        assertThat(tool.run("check", "-f", file.toString()).exit()).isZero();
        assertThat(tool.run("apply", "-f", file.toString(), "--dry-run").exit()).isZero();

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(tool.run("apply", "-f", file.toString()).exit()).isZero();
        Files.setPosixFilePermissions(etc, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(tool.run("apply").err()).startsWith(etc + ":1:1: " + etc + " is writable by others");
        assertThat(tool.run("apply").exit()).isEqualTo(4);
    }

    @Test
    void whatIsNoFileIsRefusedAtOnce() throws Exception {
        Path fifo = etc.resolve("fifo.yaml");
        Process mkfifo = new ProcessBuilder("mkfifo", fifo.toString()).start();
        assertThat(mkfifo.waitFor(10, TimeUnit.SECONDS)).isTrue();
        Files.createDirectory(etc.resolve("dir.yaml"));
        Files.createSymbolicLink(etc.resolve("zero.yaml"), Path.of("/dev/zero"));
        for (String[] args : new String[][] {{"check"}, {"apply"}, {"diff"}, {"apply", "--dry-run"}}) {
            Tool.Result result = tool.run(args);
            assertThat(result.exit()).isEqualTo(4);
            assertThat(result.err())
                    .isEqualTo(etc + "/dir.yaml:1:1: is no file but a directory\n" + fifo
                            + ":1:1: is no file but a pipe, socket or device; pipes are read by -f -\n" + etc
                            + "/zero.yaml:1:1: is no file but a pipe, socket or device; pipes are read by -f -\n"
                            + "3 errors, nothing was changed\n");
        }
    }

    @Test
    void brokenLinksAndTooManyFilesAreTold() throws IOException {
        Files.createSymbolicLink(etc.resolve("a.yaml"), Path.of("nowhere"));
        assertThat(tool.run("check").err()).isEqualTo("fangctl: " + etc + "/a.yaml: no such file or directory\n");
        for (int i = 0; i <= 1000; i++) {
            Files.createFile(etc.resolve("x" + i + ".yaml"));
        }
        assertThat(tool.run("check").err()).contains("more than 1000 profiles");
    }

    @Test
    void standardInputIsBounded() {
        Tool.Result result = tool.stdin(new byte[5 * 1024 * 1024]).run("check", "-f", "-");
        assertThat(result.err()).startsWith("-:1:1: larger than 4194304 bytes\n");
    }
}
