// SPDX-License-Identifier: Apache-2.0
package fang.ctl.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fang.ctl.configfs.GroupReader;
import fang.ctl.model.GroupName;
import fang.ctl.model.Profile;
import fang.ctl.profile.ProfileReader;
import fang.ctl.testing.FakeKernel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreloadTest {
    @TempDir
    Path directory;

    private final FakeKernel kernel = new FakeKernel();
    private Plan plan;

    @BeforeEach
    void apply() throws IOException {
        for (String name : List.of("a.pdf", "b.pdf", "busy.pdf", "c.txt")) {
            Files.createFile(directory.resolve(name));
        }
        Files.createSymbolicLink(directory.resolve("link.pdf"), directory.resolve("c.txt"));
        ProfileReader reader = new ProfileReader(name -> OptionalLong.empty());
        String yaml = "version: 1\ngroups: {g: {priority: 1, mask: open_access, fastpath: {preload: ['" + directory
                + "/*.pdf', '" + directory + "/none/*']}}}";
        reader.add("p.yaml", "/p.yaml", yaml.getBytes(StandardCharsets.UTF_8));
        Profile profile = reader.finish();
        plan = Planner.plan(profile.groups(), new GroupReader(kernel).readAll());
        new Applier(kernel).apply(plan, profile.sources(), profile.positions(), false);
        kernel.log().clear();
    }

    @Test
    void regularFilesThatMatchAreRememberedAndTheRestIsTold() {
        List<String> warnings = new Preload(kernel, (group, looked, added) -> {}).run(plan);

        assertThat(kernel.log())
                .contains("groups/g/fastpath/add=open_access " + directory + "/a.pdf")
                .contains("groups/g/fastpath/add=open_access " + directory + "/b.pdf")
                .noneMatch(line -> line.endsWith("c.txt") || line.endsWith("link.pdf"));
        assertThat(warnings)
                .hasSize(2)
                .contains("g: not preloaded: ETXTBSY: open for writing")
                .anyMatch(line -> line.contains("/none/"));
    }

    @Test
    void progressHearsOfEachFileAndMayEndIt() {
        List<String> heard = new ArrayList<>();
        new Preload(kernel, (group, looked, added) -> heard.add(group + " " + looked + " " + added)).run(plan);
        assertThat(heard).hasSize(5).first().isEqualTo(new GroupName("g") + " 1 0");

        assertThatThrownBy(() -> new Preload(kernel, (group, looked, added) -> {
                            throw new CancellationException();
                        })
                        .run(plan))
                .isInstanceOf(CancellationException.class);
    }
}
