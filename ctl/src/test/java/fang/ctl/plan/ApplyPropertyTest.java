// SPDX-License-Identifier: Apache-2.0
package fang.ctl.plan;

import static org.assertj.core.api.Assertions.assertThat;

import fang.ctl.configfs.GroupReader;
import fang.ctl.model.Errno;
import fang.ctl.model.Failure;
import fang.ctl.model.Profile;
import fang.ctl.profile.ProfileReader;
import fang.ctl.profile.ProfileWriter;
import fang.ctl.testing.FakeKernel;
import fang.ctl.testing.Profiles;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalLong;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.BeforeTry;

/** What holds from any state to any other. */
class ApplyPropertyTest {
    /** As if the process had been killed: nothing is put back. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    private FakeKernel kernel;

    @BeforeTry
    void fresh() {
        kernel = new FakeKernel();
    }

    @Provide
    Arbitrary<String> profiles() {
        return Profiles.any();
    }

    private static Profile read(String yaml) {
        ProfileReader reader = new ProfileReader(name -> OptionalLong.empty());
        reader.add("p.yaml", "/p.yaml", yaml.getBytes(StandardCharsets.UTF_8));
        return reader.finish();
    }

    private Plan plan(String yaml) {
        return Planner.plan(read(yaml).groups(), new GroupReader(kernel).readAll());
    }

    private void apply(String yaml) {
        Profile profile = read(yaml);
        new Applier(kernel).apply(plan(yaml), profile.sources(), profile.positions(), true);
    }

    private String export() {
        return ProfileWriter.write(new GroupReader(kernel).readAll());
    }

    /** Whatever names items have, and whatever is not in force, is told by their number. */
    private long items() {
        return kernel.state().keySet().stream()
                .filter(node -> node.matches("groups/[^/]+/(scopes|exemptions|rules)/[^/]+/"))
                .count();
    }

    @Property(tries = 50, edgeCases = EdgeCasesMode.NONE)
    void applyIsDoneOnce(@ForAll("profiles") String first, @ForAll("profiles") String second) {
        apply(first);
        apply(second);
        Map<String, String> state = kernel.state();
        assertThat(plan(second).isChange()).isFalse();
        apply(second);
        assertThat(kernel.state()).isEqualTo(state);
    }

    @Property(tries = 50, edgeCases = EdgeCasesMode.NONE)
    void exportThenApplyIsAFixedPoint(@ForAll("profiles") String first, @ForAll("profiles") String second) {
        apply(first);
        apply(second);
        Map<String, String> state = kernel.state();
        String yaml = export();

        assertThat(plan(yaml).isChange()).isFalse();
        apply(yaml);

        assertThat(kernel.state()).isEqualTo(state);
        kernel.restore(new FakeKernel().state());
        apply(yaml);
        assertThat(export()).isEqualTo(sorted(yaml));
    }

    /** Scopes and exemptions come by name, of which new ones may differ; here their order counts for nothing. */
    private String sorted(String yaml) {
        return export().lines().sorted().toList().equals(yaml.lines().sorted().toList()) ? export() : yaml;
    }

    @Property(tries = 5, edgeCases = EdgeCasesMode.NONE)
    void aFailureAnywhereLeavesWhatWas(@ForAll("profiles") String first, @ForAll("profiles") String second) {
        apply(first);
        Map<String, String> before = kernel.state();
        for (int step = 1; ; step++) {
            kernel.restore(before);
            int failing = step;
            kernel.refuse(Errno.ENOMEM, (n, path) -> n == failing);
            try {
                apply(second);
                return;
            } catch (Failure e) {
                assertThat(e.kind()).isIn(Failure.Kind.REFUSED, Failure.Kind.ROLLED_BACK);
                assertThat(kernel.state()).as("step " + step).isEqualTo(before);
            }
        }
    }

    @Property(tries = 5, edgeCases = EdgeCasesMode.NONE)
    void theNextApplyMendsWhatAKilledOneLeft(@ForAll("profiles") String first, @ForAll("profiles") String second) {
        apply(first);
        Map<String, String> before = kernel.state();
        apply(second);
        String wanted = export();
        long items = items();
        for (int step = 1; ; step++) {
            kernel.restore(before);
            int last = step;
            kernel.refuse(Errno.ENOMEM, (n, path) -> {
                if (n == last) {
                    throw new Killed();
                }
                return false;
            });
            boolean killed = false;
            try {
                apply(second);
            } catch (Killed e) {
                killed = true;
            }
            kernel.refuse(Errno.ENOMEM, (n, path) -> false);
            apply(second);
            assertThat(export().lines().sorted())
                    .as("step " + step)
                    .containsExactlyElementsOf(wanted.lines().sorted().toList());
            assertThat(items()).as("step " + step).isEqualTo(items);
            if (!killed) {
                return;
            }
        }
    }
}
