// SPDX-License-Identifier: Apache-2.0
package fang.ctl.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import fang.ctl.configfs.GroupReader;
import fang.ctl.model.Errno;
import fang.ctl.model.Failure;
import fang.ctl.model.GroupName;
import fang.ctl.model.Profile;
import fang.ctl.profile.ProfileReader;
import fang.ctl.testing.FakeKernel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OwnershipTest {
    private static final String BOTH = """
            version: 1
            groups:
              a: {priority: 1, mask: open_access, timeout: 2s, scopes: [{subtree: /srv}, {file: /x}], fastpath: {max: 7},
                exemptions: [{uid: 1}], rules: [{uid: 2, respond: deny}, {respond: ask}], report: []}
              b: {priority: 2, mask: open, scopes: [{subtree: /srv}]}
            """;

    /** Takes the priority of the group that goes. */
    private static final String OTHER = """
            version: 1
            groups:
              b: {priority: 2, mask: read, scopes: [{subtree: /srv}]}
              c: {priority: 1, mask: open, scopes: [{subtree: /srv}]}
            """;

    private final FakeKernel kernel = new FakeKernel();

    private void apply(String yaml, boolean adopt, String... prune) {
        ProfileReader reader = new ProfileReader(name -> OptionalLong.empty());
        reader.add("test.yaml", "ours", yaml.getBytes(StandardCharsets.UTF_8));
        Profile profile = reader.finish();
        Ownership ownership = new Ownership(profile.sources(), adopt, Set.of(prune), true);
        Plan plan = ownership.plan(profile.groups(), new GroupReader(kernel).readAll(), profile.positions());
        new Applier(kernel).apply(plan, ownership.labels(), profile.positions(), true);
    }

    @Test
    void aGroupThatNoProfileNamesGoesAndItsPriorityIsFree() {
        apply(BOTH, false);
        apply(OTHER, false, "ours");

        assertThat(kernel.list("groups")).containsExactly("b", "c");
        assertThat(kernel.readText("groups/c/enabled")).isEqualTo("1");
        assertThat(kernel.readText("groups/b/mask")).isEqualTo("read");
    }

    @Test
    void aFailureAtAnyStepOfThatLeavesWhatWas() {
        apply(BOTH, false);
        Map<String, String> before = kernel.state();
        for (int step = 1; ; step++) {
            kernel.restore(before);
            int failing = step;
            kernel.refuse(Errno.ENOMEM, (n, path) -> n == failing);
            Failure failure = catchThrowableOfType(Failure.class, () -> apply(OTHER, false, "ours"));
            if (failure == null) {
                assertThat(step).isGreaterThan(15);
                return;
            }
            assertThat(failure.kind()).isEqualTo(step == 1 ? Failure.Kind.REFUSED : Failure.Kind.ROLLED_BACK);
            assertThat(kernel.state()).as("step " + step).isEqualTo(before);
        }
    }

    @Test
    void onlyTheSameLabelCounts() {
        apply(BOTH, false);
        kernel.make("groups/mine");
        kernel.write("groups/a/label", "theirs");
        apply(OTHER.replace("priority: 1", "priority: 9"), false, "ours");
        assertThat(kernel.list("groups")).containsExactly("a", "b", "c", "mine");
    }

    @Test
    void othersGroupsAreTakenOnRequestAlone() {
        apply(BOTH, false);
        kernel.write("groups/b/label", "theirs");
        Map<String, String> before = kernel.state();

        apply(BOTH, false);
        assertThat(kernel.state()).isEqualTo(before);
        String changed = BOTH.replace("mask: open,", "mask: read,");
        Failure failure = catchThrowableOfType(Failure.class, () -> apply(changed, false));
        assertThat(failure.kind()).isEqualTo(Failure.Kind.REFUSED);
        assertThat(failure.problems().get(0).toString()).startsWith("test.yaml:5:3: groups.b: belongs to theirs. ");
        assertThat(kernel.state()).isEqualTo(before);

        apply(changed, true);
        assertThat(kernel.readText("groups/b/label")).isEqualTo("ours");
        assertThat(kernel.readText("groups/b/mask")).isEqualTo("read");
    }

    @Test
    void nobodysGroupsAreTakenWhenTheyChange() {
        kernel.make("groups/b");
        apply("version: 1\ngroups: {b: {enabled: false}}", false);
        assertThat(kernel.readText("groups/b/label")).isEmpty();
        apply(BOTH, false);
        assertThat(kernel.readText("groups/b/label")).isEqualTo("ours");
        assertThat(new GroupReader(kernel)
                        .read(new GroupName("b"))
                        .orElseThrow()
                        .label())
                .isEqualTo("ours");
    }
}
