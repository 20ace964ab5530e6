// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import fang.ctl.model.Mount;
import fang.ctl.sys.Posix;
import fang.ctl.testing.FakeMounts;
import fang.ctl.testing.FakePosix;
import fang.ctl.testing.Tool;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FollowTest {
    private static final String NOBODY =
            ": no fangctl scope follow runs, so what is mounted later is not covered. Next: fangctl scope follow\n";

    @TempDir
    Path proc;

    private final Tool tool = new Tool();
    private final FakeMounts mounts = new FakeMounts().mount("8:1", "ext4", "/").mount("0:5", "proc", "/proc");
    private final String self = Long.toString(ProcessHandle.current().pid());

    @BeforeEach
    void machine() throws IOException {
        tool.proc(proc);
        for (String process : new String[] {"1", "self", self}) {
            Files.createDirectories(proc.resolve(process).resolve("ns"));
            Files.createSymbolicLink(proc.resolve(process).resolve("ns/mnt"), Path.of("mnt:[1]"));
        }
        Files.copy(Path.of("/proc/self/stat"), proc.resolve(self).resolve("stat"));
        mounted();
    }

    private void mounted() {
        try {
            Path fresh = proc.resolve("1/fresh");
            Files.write(fresh, mounts.table());
            Files.move(fresh, proc.resolve("1/mountinfo"), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        for (Mount mount : mounts.list()) {
            tool.posix.mount(mount.point().display(), mount.id());
        }
    }

    private void elsewhere() throws IOException {
        Files.delete(proc.resolve("self/ns/mnt"));
        Files.createSymbolicLink(proc.resolve("self/ns/mnt"), Path.of("mnt:[2]"));
    }

    private Path profile(String scopes) throws IOException {
        return Files.writeString(
                proc.resolve("p.yaml"),
                "version: 1\ngroups:\n  g: {priority: 1, mask: open_access, max_extensions: 0, scopes: " + scopes
                        + "}\n");
    }

    private Tool.Result apply(String scopes) throws IOException {
        return tool.run("apply", "-f", profile(scopes).toString());
    }

    @Test
    void applyCoversAtOnceAndWarnsThatNobodyFollows() throws IOException {
        Tool.Result result = apply("all");
        assertThat(result.out())
                .isEqualTo("created g (enabled; open_access; all)\n1 created, 0 updated, 0 removed, 0 unchanged\n");
        assertThat(result.err()).isEqualTo("fangctl: warning: g" + NOBODY);
        assertThat(result.exit()).isZero();
        assertThat(tool.run("scope", "list", "g").out()).isEqualTo("all (1 file system)\n  filesystem /\n");
        assertThat(tool.kernel.log().indexOf("groups/g/scopes/all-8-1/enabled=1"))
                .isLessThan(tool.kernel.log().indexOf("groups/g/enabled=1"));
        assertThat(apply("[all]").out()).isEqualTo("0 created, 0 updated, 0 removed, 1 unchanged\n");
    }

    @Test
    void applyWarnsInJson() throws IOException {
        assertThat(tool.run("apply", "-o", "json", "-f", profile("all").toString())
                        .out())
                .contains("\"warnings\": [ \"g: no fangctl scope follow runs");
    }

    @Test
    void anAppliedProfileIsExportedAndDiffersInNothing() throws IOException {
        apply("[all, {subtree: /x}]");
        String yaml = tool.run("export").out();
        assertThat(yaml).contains("    scopes:\n      - all\n      - {subtree: /x}\n");
        assertThat(tool.stdin(yaml).run("diff", "-f", "-").out()).isEmpty();
        mounts.mount("8:17", "ext4", "/mnt");
        mounted();
        assertThat(tool.stdin(yaml).run("apply", "-f", "-").out()).startsWith("0 created, 0 updated");
        assertThat(tool.run("list").out()).contains("  all (2 file systems),subtree=/x  ");
        assertThat(tool.run("show", "g").out()).contains("scope           all (2 file systems)\n");
        tool.kernel.put("groups/g/scopes/all-8-17/active", "0");
        assertThat(tool.run("show", "g").out()).contains("all (2 file systems, 1 inactive)\n");
        assertThat(tool.run("scope", "list", "g", "-o", "json").out())
                .contains("\"type\": \"all\"", "\"file_systems\": 2", "\"inactive\": 1", "\"of_all\": true");
    }

    @Test
    void oldScopesGoOnlyOnceAllAreCovered() throws IOException {
        apply("{filesystem: /}");
        tool.kernel.log().clear();
        assertThat(apply("all").out()).startsWith("updated g (+ all; - filesystem /)\n");
        int covered = tool.kernel.log().indexOf("groups/g/scopes/all-8-1/enabled=1");
        assertThat(tool.kernel.log().subList(covered, tool.kernel.log().size()))
                .anyMatch(line -> line.matches("groups/g/scopes/filesystem-.*/enabled=0"));
        assertThat(apply("{filesystem: /}").out()).startsWith("updated g (+ filesystem /; - all)\n");
        assertThat(tool.kernel.list("groups/g/scopes")).hasSize(1);
    }

    @Test
    void aFailureLaterOnUndoesThePassToo() throws IOException {
        Path two = Files.writeString(
                proc.resolve("p.yaml"),
                "version: 1\ngroups:\n  g: {priority: 1, mask: open, scopes: all}\n"
                        + "  h: {priority: 2, mask: open}\n");
        tool.kernel.refuse(fang.ctl.model.Errno.ENOMEM, (n, file) -> file.equals("groups/h/enabled"));
        Tool.Result result = tool.run("apply", "-f", two.toString());
        assertThat(result.err()).endsWith("rolled back, all is as it was\n");
        assertThat(result.exit()).isEqualTo(6);
        assertThat(tool.kernel.list("groups")).isEmpty();
    }

    @Test
    void allIsAddedRemovedAndDeletedAsOne() {
        tool.run("create", "g", "priority=1", "mask=open");
        Tool.Result added = tool.run("scope", "add", "g", "all", "subtree=/x");
        assertThat(added.out()).isEqualTo("g: + all (1 file system)\ng: + subtree /x\n");
        assertThat(added.err()).isEqualTo("fangctl: warning: g" + NOBODY);
        assertThat(tool.run("scope", "add", "g", "all").out()).isEqualTo("g: already all (1 file system)\n");
        Tool.Result one = tool.run("scope", "remove", "g", "all-8-1");
        assertThat(one.err()).contains("it is of all. Try: fangctl scope remove g all");
        assertThat(one.exit()).isEqualTo(5);
        assertThat(tool.run("scope", "remove", "g", "all").out()).isEqualTo("g: - all\n");
        assertThat(tool.run("scope", "list", "g").out()).isEqualTo("subtree /x\n");
        tool.run("scope", "add", "g", "all");
        assertThat(tool.run("delete", "g").out()).isEqualTo("deleted g\n");
    }

    @Test
    void enableCoversWhatWasMountedMeanwhile() {
        tool.run("create", "g", "priority=1", "mask=open");
        tool.run("scope", "add", "g", "all");
        mounts.mount("8:17", "ext4", "/mnt");
        mounted();
        assertThat(tool.run("enable", "g").out()).isEqualTo("g: enabled, no listener yet\n");
        assertThat(tool.kernel.list("groups/g/scopes")).contains("all-8-17");
        tool.run("disable", "g");
        mounts.mount("8:33", "ext4", "/mnt2");
        mounted();
        tool.run("set", "g", "enabled=true");
        assertThat(tool.kernel.list("groups/g/scopes")).contains("all-8-33");
    }

    @Test
    void anotherMountNamespaceIsRefused() throws IOException {
        elsewhere();
        for (Tool.Result result :
                new Tool.Result[] {apply("all"), tool.run("scope", "follow"), tool.run("scope", "follow", "--once")}) {
            assertThat(result.err())
                    .isEqualTo("fangctl: \"all\" means the mounts of process 1, and this process is in another mount"
                            + " namespace. Try: nsenter --target 1 --mount fangctl\n");
            assertThat(result.exit()).isEqualTo(9);
        }
        assertThat(tool.kernel.list("groups")).isEmpty();
        assertThat(apply("{subtree: /x}").exit()).isZero();
    }

    @Test
    void followCoversWhatIsMountedLaterUntilSigterm() throws IOException {
        apply("all");
        tool.posix.during(() -> {
            mounts.mount("8:17", "ext4", "/mnt/usb");
            mounted();
        });
        tool.posix.during(() -> {
            mounts.umount("/mnt/usb");
            mounted();
        });
        tool.posix.during(() -> tool.posix.signal("TERM"));
        Tool.Result result = tool.run("scope", "follow");
        assertThat(result.err())
                .isEqualTo("following the mount table, Ctrl-C ends\ncannot be watched: proc\n"
                        + "g: covers /mnt/usb (ext4, 8:17)\ng: let go of /mnt/usb: unmounted\n");
        assertThat(result.exit()).isZero();
        assertThat(tool.posix.calls())
                .startsWith("open " + proc.resolve("1/mountinfo"))
                .endsWith("close");
        assertThat(tool.posix.polled()).startsWith("7 " + Posix.POLLPRI, "8 " + Posix.POLLIN);
        tool.posix.during(() -> tool.posix.signal("INT"));
        assertThat(tool.run("scope", "follow").exit()).isEqualTo(130);
    }

    @Test
    void followIsReadyOnceAllIsCovered() throws IOException {
        apply("all");
        mounts.mount("8:17", "ext4", "/mnt/usb");
        mounted();
        tool.variable("NOTIFY_SOCKET", FakePosix.NOTIFY_SOCKET);
        tool.posix.notified(() -> tool.kernel.log().add("READY"));
        tool.posix.during(() -> tool.posix.signal("TERM"));
        tool.run("scope", "follow");
        assertThat(tool.kernel.log()).containsSubsequence("groups/g/scopes/all-8-17/enabled=1", "READY");
    }

    @Test
    void doctorAndStatusKnowWhetherOneFollows() throws IOException {
        apply("all");
        tool.kernel.put("groups/g/listeners", "1");
        String found = tool.run("doctor").out();
        assertThat(found).contains("g: NOT FOLLOWED: ").contains("Try: fangctl scope follow");
        assertThat(tool.run("doctor", "-o", "json").out()).contains("\"check\": \"not_followed\"");
        Tool.Result status = tool.run("status");
        assertThat(status.out()).contains("NO: not followed\n");
        assertThat(status.exit()).isEqualTo(1);
        tool.posix.during(() -> {
            assertThat(tool.run("doctor").out()).isEqualTo("ok: module loaded, 1 group\n");
            assertThat(tool.run("status").exit()).isZero();
            assertThat(apply2().err()).isEmpty();
            tool.posix.signal("TERM");
        });
        tool.run("scope", "follow");
        assertThat(tool.run("doctor").out()).contains("NOT FOLLOWED");
        // What a follower that was killed left behind.
        Files.writeString(tool.run().resolve("follow"), self + " 1\n");
        assertThat(tool.run("doctor").out()).contains("NOT FOLLOWED");
    }

    private Tool.Result apply2() {
        try {
            return apply("all");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aSecondFollowerIsRefusedByName() {
        tool.posix.during(() -> {
            Tool.Result second = tool.run("scope", "follow");
            assertThat(second.err()).isEqualTo("fangctl: fangctl scope follow runs already (pid " + self + ")\n");
            assertThat(second.exit()).isEqualTo(8);
            tool.posix.signal("TERM");
        });
        assertThat(tool.run("scope", "follow").exit()).isZero();
    }

    @Test
    void followWaitsForTheLockAndSurvivesFailures() throws IOException {
        apply("all");
        var holders = new FileChannel[1];
        tool.posix.during(() -> {
            mounts.mount("8:17", "ext4", "/mnt");
            mounted();
            holders[0] = hold();
        });
        tool.posix.during(() -> {
            assertThat(tool.kernel.list("groups/g/scopes")).doesNotContain("all-8-17");
            release(holders[0]);
        });
        tool.posix.during(() -> {
            assertThat(tool.kernel.list("groups/g/scopes")).contains("all-8-17");
            delete(proc.resolve("1/mountinfo"));
        });
        tool.posix.during(() -> {});
        tool.posix.during(this::mounted);
        tool.posix.during(() -> tool.posix.signal("TERM"));
        Tool.Result result = tool.run("scope", "follow");
        assertThat(result.exit()).isZero();
        assertThat(result.err()).containsOnlyOnce("1/mountinfo").contains("g: covers /mnt (ext4, 8:17)\n");
    }

    private FileChannel hold() {
        try {
            FileChannel channel = FileChannel.open(tool.run().resolve("lock"), StandardOpenOption.WRITE);
            channel.lock();
            return channel;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void release(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void onceTellsByItsExitWhetherAllIsCovered() throws IOException {
        apply("all");
        assertThat(tool.run("scope", "follow", "--once").exit()).isZero();
        mounts.mount("8:17", "ext4", "/missing");
        mounted();
        Tool.Result result = tool.run("scope", "follow", "--once");
        assertThat(result.err())
                .contains("fangctl: g: cannot cover /missing (ext4, 8:17): ENOENT: No such file or directory\n");
        assertThat(result.exit()).isEqualTo(5);
    }
}
