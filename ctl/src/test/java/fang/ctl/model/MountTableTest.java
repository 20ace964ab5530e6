// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class MountTableTest {
    private static List<Mount> parse(String table) {
        return MountTable.parse(table.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void optionalFieldsMayBeNoneOrMany() {
        List<Mount> mounts = parse("22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n"
                + "23 22 0:21 / /run rw shared:5 master:2 propagate_from:3 - tmpfs tmpfs rw,size=1k\n");
        assertThat(mounts)
                .containsExactly(
                        new Mount(22, "8:1", RawPath.ofText("/"), RawPath.ofText("/"), "ext4"),
                        new Mount(23, "0:21", RawPath.ofText("/"), RawPath.ofText("/run"), "tmpfs"));
    }

    @Test
    void pathsAreBytesWithOctalEscapes() {
        Mount mount = parse("40 22 8:17 /a\\134b /mnt/my\\040disk\\011\\012\u00e4\u00ff rw - ext4 /dev/sdb1 rw\n")
                .get(0);
        assertThat(mount.point().bytes())
                .isEqualTo("/mnt/my disk\t\n\u00e4\u00ff".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(mount.root().latin1()).isEqualTo("/a\\b");
        assertThat(mount.isWhole()).isFalse();
    }

    @Test
    void typesMayHaveSubtypesAndEscapes() {
        assertThat(parse("50 22 0:44 / /m rw shared:1 - fuse.sshfs me@there: rw\n")
                        .get(0)
                        .type())
                .isEqualTo("fuse.sshfs");
        assertThat(parse("50 22 0:44 / /m rw - fuse.a\\040b x rw\n").get(0).type())
                .isEqualTo("fuse.a b");
    }

    @Test
    void subvolumesShareTheDeviceOfTheirFileSystem() {
        List<Mount> mounts = parse("22 1 0:24 /@ / rw - btrfs /dev/sda2 rw,subvol=/@\n"
                + "30 22 0:24 /@home /home rw - btrfs /dev/sda2 rw,subvol=/@home\n");
        assertThat(mounts).extracting(Mount::device).containsExactly("0:24", "0:24");
    }

    @Test
    void whatIsNoMountIsAnError() {
        assertThatThrownBy(() -> parse("22 1 8:1 / / rw ext4\n")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> parse("rubbish\n")).isInstanceOf(IllegalArgumentException.class);
        assertThat(parse("")).isEmpty();
    }

    @Test
    void thisMachinesTableHasARoot() throws IOException {
        assertThat(MountTable.parse(Files.readAllBytes(Path.of("/proc/self/mountinfo"))))
                .anyMatch(mount -> mount.point().latin1().equals("/"));
    }
}
