// SPDX-License-Identifier: Apache-2.0
package fang.ctl.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fang.ctl.configfs.GroupReader;
import fang.ctl.model.Errno;
import fang.ctl.model.GroupName;
import fang.ctl.model.Mount;
import fang.ctl.model.ScopeState;
import fang.ctl.testing.FakeKernel;
import fang.ctl.testing.FakeMounts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AllScopesTest {
    private static final GroupName G = new GroupName("g");

    private final FakeKernel kernel = new FakeKernel();
    private final List<String> said = new ArrayList<>();
    private FakeMounts mounts = new FakeMounts().mount("8:1", "ext4", "/").mount("0:5", "proc", "/proc");
    private final AllScopes all = new AllScopes(kernel, new Current(), new Notes());

    /** The table of the moment, so that a test can put another in its place. */
    private final class Current implements Mounts {
        @Override
        public List<Mount> list() {
            return mounts.list();
        }

        @Override
        public boolean isVisible(Mount mount) {
            return mounts.isVisible(mount);
        }
    }

    private final class Notes implements AllScopes.Listener {
        @Override
        public void changed(String line) {
            said.add(line);
        }

        @Override
        public void failed(String line) {
            said.add("! " + line);
        }

        @Override
        public void refused(Set<String> types) {
            said.add("refused " + types);
        }
    }

    @BeforeEach
    void group() {
        kernel.make("groups/g");
        kernel.make("groups/g/scopes/all");
    }

    private List<String> pass() throws IOException {
        said.clear();
        all.pass();
        return List.copyOf(said);
    }

    /** Name and path of each scope that is in force. */
    private List<String> scopes() {
        return new GroupReader(kernel)
                .scopes(G).states().stream()
                        .filter(ScopeState::active)
                        .map(state -> state.name() + " " + state.scope().orElseThrow())
                        .toList();
    }

    @Test
    void eachFileSystemIsCoveredOnce() throws IOException {
        mounts.mount("8:17", "ext4", "/sub", "/bind")
                .mount("8:17", "ext4", "/mnt")
                .mount("8:17", "ext4", "/too");
        assertThat(all.isDue()).isTrue();
        assertThat(pass()).containsExactly("g: covers / (ext4, 8:1)", "g: covers /mnt (ext4, 8:17)", "refused [proc]");
        assertThat(scopes()).containsExactly("all-8-1 filesystem /", "all-8-17 filesystem /mnt");
        assertThat(all.isDue()).isFalse();
        assertThat(pass()).isEmpty();
    }

    @Test
    void theMarkIsNeverEnabledAndTheRefusedLeaveNothing() throws IOException {
        pass();
        assertThat(kernel.readText("groups/g/scopes/all/enabled")).isEqualTo("0");
        assertThat(kernel.list("groups/g/scopes")).containsExactly("all", "all-8-1");
    }

    @Test
    void whatTheKernelRefusedIsNotTriedAgainUnlessItWasMountedAnew() throws IOException {
        pass();
        int changes = kernel.changes();
        pass();
        assertThat(kernel.changes()).isEqualTo(changes);
        mounts.umount("/proc");
        pass();
        mounts.mount("0:5", "proc", "/proc");
        assertThat(all.isDue()).isTrue();
        assertThat(pass()).isEmpty();
    }

    @Test
    void aLaterMountIsCoveredAndLetGo() throws IOException {
        pass();
        mounts.mount("8:17", "ext4", "/mnt/my\\040disk");
        assertThat(pass()).containsExactly("g: covers /mnt/my disk (ext4, 8:17)");
        assertThat(kernel.readText("groups/g/scopes/all-8-17/path")).isEqualTo("/mnt/my\\040disk");
        mounts.umount("/mnt/my\\040disk");
        kernel.put("groups/g/scopes/all-8-17/active", "0");
        assertThat(pass()).containsExactly("g: let go of /mnt/my disk: unmounted");
        assertThat(scopes()).containsExactly("all-8-1 filesystem /");
    }

    @Test
    void anotherFileSystemWithTheSameNumberIsCoveredAnew() throws IOException {
        mounts.mount("0:50", "tmpfs", "/a");
        pass();
        mounts.umount("/a").mount("0:50", "tmpfs", "/b");
        kernel.put("groups/g/scopes/all-0-50/active", "0");
        assertThat(pass())
                .containsExactly(
                        "g: let go of /a: unmounted, and another is mounted in its place",
                        "g: covers /b (tmpfs, 0:50)");
    }

    @Test
    void aHiddenMountPointGivesWayToAnotherWithoutAGap() throws IOException {
        mounts.mount("8:17", "ext4", "/mnt").mount("8:17", "ext4", "/other");
        pass();
        mounts.mount("0:60", "tmpfs", "/mnt");
        kernel.log().clear();
        assertThat(pass())
                .containsExactly("g: covers /other (ext4, 8:17), no longer as /mnt", "g: covers /mnt (tmpfs, 0:60)");
        assertThat(scopes())
                .containsExactly("all-0-60 filesystem /mnt", "all-8-1 filesystem /", "all-8-17-2 filesystem /other");
        assertThat(kernel.log().indexOf("groups/g/scopes/all-8-17-2/enabled=1"))
                .isNotNegative()
                .isLessThan(kernel.log().indexOf("groups/g/scopes/all-8-17/enabled=0"));
        assertThat(all.isDue()).isFalse();
    }

    @Test
    void whatIsHiddenEverywhereStaysCoveredAndIsOtherwiseTold() throws IOException {
        mounts.mount("8:17", "ext4", "/mnt");
        pass();
        mounts.mount("0:60", "tmpfs", "/mnt");
        pass();
        assertThat(scopes()).contains("all-8-17 filesystem /mnt", "all-0-60 filesystem /mnt");
        mounts.mount("8:33", "ext4", "/mnt/below").mount("0:61", "tmpfs", "/mnt");
        assertThat(pass())
                .containsExactly(
                        "g: covers /mnt (tmpfs, 0:61)",
                        "! g: does not cover /mnt/below (ext4, 8:33): hidden by another mount, or out of reach");
        assertThat(pass()).isEmpty();
    }

    @Test
    void autofsIsLeftAlone() throws IOException {
        mounts.mount("0:70", "autofs", "/net");
        pass();
        assertThat(scopes()).containsExactly("all-8-1 filesystem /");
    }

    @Test
    void otherFailuresAreToldOnceAndTriedAgain() throws IOException {
        pass();
        mounts.mount("8:17", "ext4", "/mnt");
        kernel.refuse(Errno.ENOMEM, (n, file) -> file.endsWith("all-8-17/enabled"));
        String line = "! g: cannot cover /mnt (ext4, 8:17): ENOMEM: Cannot allocate memory";
        assertThat(pass()).containsExactly(line);
        assertThat(kernel.exists("groups/g/scopes/all-8-17")).isFalse();
        assertThat(pass()).isEmpty();
        assertThat(all.isDue()).isTrue();
        kernel.refuse(Errno.ENOMEM, (n, file) -> false);
        assertThat(pass()).containsExactly("g: covers /mnt (ext4, 8:17)");
    }

    @Test
    void aMountThatIsHiddenWhileItsPathIsLookedUpIsNotCoveredByMistake() throws IOException {
        pass();
        mounts.mount("8:17", "ext4", "/mnt");
        kernel.refuse(Errno.ENOMEM, (n, file) -> {
            if (file.endsWith("all-8-17/path")) {
                mounts.mount("0:60", "tmpfs", "/mnt");
            }
            return false;
        });
        assertThat(pass()).isEmpty();
        assertThat(scopes()).containsExactly("all-8-1 filesystem /");
    }

    @Test
    void halfMadeScopesAreMadeAnew() throws IOException {
        kernel.make("groups/g/scopes/all-8-1");
        assertThat(pass()).startsWith("g: let go of all-8-1: not enabled", "g: covers / (ext4, 8:1)");
        assertThat(scopes()).containsExactly("all-8-1 filesystem /");
    }

    @Test
    void withoutTheMarkAllGo() throws IOException {
        pass();
        kernel.remove("groups/g/scopes/all");
        assertThat(pass()).containsExactly("g: let go of /: the group no longer covers all");
        assertThat(kernel.list("groups/g/scopes")).isEmpty();
    }

    @Test
    void aScopeOfThatNameWithATypeIsNoMark() throws IOException {
        kernel.write("groups/g/scopes/all/type", "subtree");
        assertThat(all.isDue()).isFalse();
    }

    @Test
    void anEmptyTableChangesNothing() throws IOException {
        pass();
        mounts = new FakeMounts();
        assertThatThrownBy(this::pass).isInstanceOf(IOException.class);
        assertThat(scopes()).containsExactly("all-8-1 filesystem /");
    }
}
