// SPDX-License-Identifier: Apache-2.0
package fang.ctl.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import fang.ctl.model.Errno;
import fang.ctl.model.MountTable;
import fang.ctl.model.RawPath;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JnaPosixTest {
    private final Posix posix = Posix.system();

    @Test
    void bytesMoveBetweenPositionAndLimit(@TempDir Path dir) throws Exception {
        Path file = Files.writeString(dir.resolve("file"), "hello");
        int fd = posix.open(file.toString(), Posix.O_RDWR | Posix.O_CLOEXEC);
        ByteBuffer buffer = ByteBuffer.allocateDirect(16).position(1).limit(4);

        assertThat(posix.read(fd, buffer)).isEqualTo(3);
        assertThat(buffer.position()).isEqualTo(4);
        assertThat((char) buffer.get(1)).isEqualTo('h');
        buffer.position(2).limit(4);
        assertThat(posix.write(fd, buffer)).isEqualTo(2);
        posix.close(fd);

        assertThat(Files.readString(file)).isEqualTo("helel");
    }

    @Test
    void failuresCarryErrno() {
        SysException open =
                catchThrowableOfType(SysException.class, () -> posix.open("/nonexistent/file", Posix.O_RDWR));
        assertThat(open.errno()).isEqualTo(Errno.ENOENT);
        assertThat(open).hasMessage("open /nonexistent/file: ENOENT");
        SysException read =
                catchThrowableOfType(SysException.class, () -> posix.read(-1, ByteBuffer.allocateDirect(1)));
        assertThat(read.errno()).isEqualTo(Errno.EBADF);
        int fd = posix.open("/dev/null", Posix.O_RDWR);
        SysException ioctl = catchThrowableOfType(
                SysException.class, () -> posix.ioctl(fd, 0x800846a0L, ByteBuffer.allocateDirect(8)));
        posix.close(fd);
        assertThat(ioctl.errno()).isEqualTo(Errno.ENOTTY);
    }

    @Test
    void pollTellsWhatIsReady() {
        int fd = posix.open("/dev/zero", Posix.O_RDWR);
        assertThat(posix.poll(new int[] {fd, -1}, new int[] {Posix.POLLIN, Posix.POLLIN}, -1))
                .containsExactly(Posix.POLLIN, 0);
        posix.close(fd);
    }

    @Test
    void processGroupsAndClocks() {
        int self = (int) ProcessHandle.current().pid();
        assertThat(posix.processGroup(self)).isEqualTo(posix.processGroup(0)).isPositive();
        assertThat(posix.processGroup(Integer.MAX_VALUE)).isZero();
        long first = posix.bootTimeNs();
        assertThat(posix.bootTimeNs()).isGreaterThanOrEqualTo(first).isPositive();
    }

    @Test
    void factsOfAFileAreThoseOfStat(@TempDir Path dir) throws Exception {
        Path file = Files.writeString(dir.resolve("a"), "five.");
        int fd = posix.open(file.toString(), Posix.O_RDONLY);
        FileFacts facts = posix.facts(fd);
        posix.close(fd);
        Map<String, Object> stat = Files.readAttributes(file, "unix:dev,ino,uid");
        // For majors below 4096 the C library packs both in the same way.
        assertThat(facts)
                .isEqualTo(new FileFacts(
                        ((Integer) stat.get("uid")).longValue(), 5, (Long) stat.get("dev"), (Long) stat.get("ino")));
    }

    @Test
    void aPathLeadsToTheMountThatTheTableNames() throws Exception {
        long root = MountTable.parse(Files.readAllBytes(Path.of("/proc/self/mountinfo"))).stream()
                .filter(mount -> mount.point().latin1().equals("/"))
                .reduce((a, b) -> b)
                .orElseThrow()
                .id();
        assertThat(posix.mountId(RawPath.ofText("/"))).isEqualTo(root);
        assertThat(posix.mountId(RawPath.ofText("/proc"))).isNotEqualTo(root);
        SysException e = catchThrowableOfType(SysException.class, () -> posix.mountId(RawPath.ofText("/nonexistent")));
        assertThat(e.errno()).isEqualTo(Errno.ENOENT);
    }

    @Test
    void aSignalCanEndAPoll() throws Exception {
        int wake = posix.eventFd();
        posix.onSignal("WINCH", () -> posix.wake(wake));
        new ProcessBuilder(
                        "kill", "-WINCH", Long.toString(ProcessHandle.current().pid()))
                .start()
                .waitFor();
        assertThat(posix.poll(new int[] {wake}, new int[] {Posix.POLLIN}, 30_000))
                .containsExactly(Posix.POLLIN);
        posix.close(wake);
    }
}
