// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import fang.ctl.model.Errno;
import fang.ctl.testing.FakeLoader;
import fang.ctl.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReloadModuleTest {
    private static final String OLD = "/old/fang.ko";

    private final Tool tool = new Tool();
    private Map<String, String> before;

    @BeforeEach
    void groupsAndTwoModules() {
        tool.loader.file(OLD, "1.0", "AAAA");
        tool.loader.file(FakeLoader.INSTALLED, "1.1", "BBBB");
        tool.loader.isLoaded(OLD);
        tool.module(tool.loader.sysfs());
        tool.run("create", "av", "priority=1", "mask=open_access", "timeout=3s", "report=comm,exe");
        tool.run("scope", "add", "av", "subtree=/srv", "file=/etc/odd\\040name");
        tool.run("exemption", "add", "av", "exe=/usr/bin/rsync", "tgid=812");
        tool.run("rule", "add", "av", "subtree=/srv/bad", "respond=deny");
        tool.run("enable", "av");
        tool.run("create", "idx", "priority=2", "mask=close_write");
        tool.kernel.make("groups/idx/scopes/half");
        tool.kernel.write("groups/idx/scopes/half/type", "subtree");
        tool.kernel.make("groups/idx/scopes/all");
        tool.kernel.make("groups/idx/rules/later");
        tool.kernel.write("groups/idx/rules/later/set", "7");
        tool.kernel.write("groups/idx/rules/later/respond", "deny");
        tool.kernel.write("groups/idx/rules/active_set", "7");
        tool.kernel.write("groups/idx/label", "somebody's");
        tool.kernel.write("groups/idx/fastpath/max", "5");
        before = tool.kernel.state();
    }

    private Tool.Result reload(String... more) {
        String[] args = new String[more.length + 4];
        System.arraycopy(new String[] {"reload-module", "--allow-gap", "--old", OLD}, 0, args, 0, 4);
        System.arraycopy(more, 0, args, 4, more.length);
        return tool.run(args);
    }

    @Test
    void everyFileIsAsItWas() {
        Tool.Result result = reload();

        assertThat(result.err()).isEmpty();
        assertThat(result.out()).isEqualTo("fang 1.0 -> 1.1: 2 groups, 1 enabled, out of force for 0 ms\n");
        assertThat(tool.kernel.state()).isEqualTo(before);
        assertThat(tool.loader.log()).containsExactly("unload", "load " + FakeLoader.INSTALLED + " enforce=Y");
        assertThat(tool.logged).containsExactly("fangctl: reload-module: fang 1.0 -> 1.1, out of force for 0 ms");
        assertThat(tool.run().resolve("reload.yaml")).doesNotExist();
        assertThat(reload()).isEqualTo(new Tool.Result(0, "fang 1.1 is loaded already\n", ""));
    }

    @Test
    void parametersStayAsTheyWereSet() throws IOException {
        Files.writeString(tool.loader.sysfs().resolve("parameters/enforce"), "N\n");
        Files.writeString(tool.loader.sysfs().resolve("parameters/control"), "(null)\n");

        assertThat(reload().exit()).isZero();
        assertThat(tool.loader.log()).contains("load " + FakeLoader.INSTALLED + " enforce=N");
    }

    @Test
    void groupsAreEnabledWhenAllAreThere() {
        reload();

        assertThat(tool.kernel.log().lastIndexOf("groups/av/enabled=1"))
                .isGreaterThan(tool.kernel.log().lastIndexOf("groups/idx/label=somebody's"));
    }

    @Test
    void theOldOneIsBackIfTheNewOneDoesNotLoad() {
        tool.loader.breaks(FakeLoader.INSTALLED);
        Tool.Result result = reload();

        assertThat(result.exit()).isEqualTo(6);
        assertThat(result.err()).isEqualTo("""
                fangctl: reload-module: insmod: Invalid module format
                the old module is back, all groups are as they were
                """);
        assertThat(tool.kernel.state()).isEqualTo(before);
        assertThat(tool.loader.log()).containsExactly("unload", "load " + OLD + " enforce=Y");
        assertThat(tool.run().resolve("reload.yaml")).doesNotExist();
    }

    @Test
    void theOldOneIsBackWhateverTheNewOneDoesNotTake() {
        for (int change = 1; ; change++) {
            int refused = change;
            boolean[] reached = {false};
            tool.loader.onLoad(() -> {
                boolean fresh = tool.loader.log().size() == 2;
                tool.kernel.refuse(Errno.EINVAL, (number, path) -> {
                    reached[0] |= fresh && number == refused;
                    return fresh && number == refused;
                });
            });
            tool.loader.log().clear();
            Tool.Result result = reload();
            if (!reached[0]) {
                assertThat(result.exit()).isZero();
                assertThat(change).isGreaterThan(25);
                return;
            }
            assertThat(result.exit()).as("change " + change).isEqualTo(6);
            assertThat(tool.kernel.state()).as("change " + change).isEqualTo(before);
            assertThat(tool.loader.log().get(3)).startsWith("load " + OLD);
        }
    }

    @Test
    void whatReadsBackDifferentlyIsNotTaken() {
        tool.loader.onLoad(() ->
                tool.kernel.garble("groups/av/timeout_ms", tool.loader.log().size() == 2 ? "1000" : "3000"));
        Tool.Result result = reload();

        assertThat(result.exit()).isEqualTo(6);
        assertThat(result.err()).contains("\"3000\" was written, \"1000\" reads back");
        assertThat(tool.kernel.state()).isEqualTo(before);
    }

    @Test
    void ifNothingHelpsWhatWasIsKept() {
        tool.loader.breaks(FakeLoader.INSTALLED);
        tool.loader.breaks(OLD);
        Tool.Result result = reload();

        assertThat(result.exit()).isEqualTo(7);
        Path kept = tool.run().resolve("reload.yaml");
        assertThat(result.err())
                .contains("the old module could not be loaded again, nothing is guarded. What was is in " + kept
                        + ". Try: modprobe fang; fangctl apply -f " + kept);
        tool.kernel.restore(Map.of("groups/", ""));
        assertThat(tool.run("apply", "-f", kept.toString()).exit()).isEqualTo(3);
        assertThat(kept).content().contains("av:", "subtree: /srv/bad");
    }

    @Test
    void aModuleInUseStays() {
        tool.loader.isBusy();
        Tool.Result result = reload();

        assertThat(result.exit()).isEqualTo(6);
        assertThat(result.err()).contains("Module fang is in use", "the module was not changed");
        assertThat(tool.kernel.state()).isEqualTo(before);
    }

    @Test
    void aRefusalOnTheWayOutPutsBack() {
        tool.kernel.refuse(Errno.EBUSY, (number, path) -> number == 6);
        Tool.Result result = reload();

        assertThat(result.exit()).isEqualTo(6);
        assertThat(tool.kernel.state()).isEqualTo(before);
        assertThat(tool.loader.log()).isEmpty();
    }

    @Test
    void whatItemsNameMayBeGone() {
        String exemption = "groups/av/exemptions/" + name("groups/av/exemptions", "tgid");
        tool.kernel.put(exemption + "/active", "0");
        String scope = "groups/av/scopes/" + name("groups/av/scopes", "subtree");
        tool.kernel.put(scope + "/active", "0");
        tool.loader.onLoad(() -> tool.kernel.refuse(
                Errno.ENOENT,
                (number, path) -> path.startsWith(scope) && !path.endsWith("type") && !path.equals(scope)));
        Tool.Result result = reload();

        assertThat(result.exit()).isZero();
        assertThat(result.err())
                .isEqualTo("fangctl: warning: av: scope " + scope.split("/")[3] + " is gone, as /srv is\n");
        assertThat(tool.kernel.exists(exemption)).isFalse();
        assertThat(tool.kernel.exists(scope)).isFalse();
        assertThat(tool.kernel.readText("groups/av/enabled")).isEqualTo("1");
    }

    private String name(String directory, String part) {
        return tool.kernel.list(directory).stream()
                .filter(name -> name.contains(part))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aModuleForAnotherKernelIsNotTried() {
        tool.loader.file("/other/fang.ko", "1.1", "BBBB", "5.10.0-1-amd64");
        Tool.Result result = reload("/other/fang.ko");

        assertThat(result.exit()).isEqualTo(3);
        assertThat(result.err()).contains("/other/fang.ko was built for kernel 5.10.0-1-amd64, this is ");
        assertThat(tool.kernel.state()).isEqualTo(before);
    }

    @Test
    void withoutTheModuleInstalledItSaysSo() {
        Tool other = new Tool();
        Tool.Result result = other.run("reload-module");

        assertThat(result.exit()).isEqualTo(3);
        assertThat(result.err())
                .contains("no module fang is installed for kernel")
                .contains("dkms autoinstall");
    }
}
