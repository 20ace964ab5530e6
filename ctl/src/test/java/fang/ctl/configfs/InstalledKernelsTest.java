// SPDX-License-Identifier: Apache-2.0
package fang.ctl.configfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstalledKernelsTest {
    private static final String WITH =
            "kernel/fs/configfs/configfs.ko:\nupdates/dkms/fang.ko.xz: kernel/fs/configfs/configfs.ko\n";
    private static final String WITHOUT =
            "kernel/fs/configfs/configfs.ko:\nkernel/net/notfang.ko: kernel/net/fang.kosher\n";

    @TempDir
    Path modules;

    private void kernel(String release, String list) throws IOException {
        Files.createDirectories(modules.resolve(release).resolve("kernel"));
        Files.writeString(modules.resolve(release).resolve("modules.dep"), list);
    }

    private void assertNewestWithout(String... release) {
        assertThat(new InstalledKernels(modules).newestWithout().stream().toList())
                .isEqualTo(List.of(release));
    }

    @Test
    void aNewKernelWithoutTheModuleIsTold() throws IOException {
        kernel("6.1.0-9-cloud-amd64", WITH);
        kernel("6.1.0-10-cloud-amd64", WITHOUT);
        assertNewestWithout("6.1.0-10-cloud-amd64");
    }

    @Test
    void anOldKernelWithoutTheModuleIsNoMatter() throws IOException {
        kernel("6.1.0-9-cloud-amd64", WITHOUT);
        kernel("6.12.1+deb12-amd64", WITH);
        assertNewestWithout();
    }

    @Test
    void aModuleThatWasNeverInstalledIsNoMatter() throws IOException {
        kernel("6.1.0-9-cloud-amd64", WITHOUT);
        assertNewestWithout();
        Files.delete(modules.resolve("6.1.0-9-cloud-amd64/modules.dep"));
        assertNewestWithout();
        assertThat(new InstalledKernels(modules.resolve("absent")).newestWithout())
                .isEmpty();
    }

    @Test
    void headersAreNoKernel() throws IOException {
        kernel("6.1.0-9-amd64", WITH);
        Files.createDirectories(modules.resolve("7.2.1-amd64"));
        assertNewestWithout();
    }

    @Test
    void releasesAreOrderedByNumber() {
        var releases =
                new ArrayList<>(List.of("7.2.13+deb14-amd64", "6.12.117+deb12-amd64", "6.1.0-56-amd64", "6.1.0-9"));
        releases.add("6.12.20260101123456789012345");
        releases.sort(InstalledKernels::compare);
        assertThat(releases)
                .containsExactly(
                        "6.1.0-9",
                        "6.1.0-56-amd64",
                        "6.12.117+deb12-amd64",
                        "6.12.20260101123456789012345",
                        "7.2.13+deb14-amd64");
    }
}
