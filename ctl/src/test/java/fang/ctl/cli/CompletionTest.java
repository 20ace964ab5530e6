// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import fang.ctl.testing.Tool;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys typed into real shells on a terminal, and what fangctl is then called with. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CompletionTest {
    /** What is typed, a tab for the key, and the arguments that fangctl gets. */
    private static final String[][] TYPED = {
        {"fangctl sta\tu\t", "<status>"},
        {"fangctl sco\tadd id\tsub\t/us\tloc\t", "<scope><add><idx><subtree=/usr/local>"},
        {"fangctl enable av\t", "<enable><av.two>"},
        {"fangctl set idx on_timeo\tde\t", "<set><idx><on_timeout=deny>"},
        {"fangctl set idx mask=open,close_w\t", "<set><idx><mask=open,close_write>"},
        {"fangctl set idx perm\tt\t", "<set><idx><permissive=true>"},
        {"fangctl listen --ki\tclose_w\t id\t", "<listen><--kind><close_write><idx>"},
        {"fangctl list -o j\t", "<list><-o><json>"},
        {"fangctl rule add idx resp\tas\t", "<rule><add><idx><respond=ask>"},
        {"fangctl exemption add idx uid=nobod\t", "<exemption><add><idx><uid=nobody>"},
        {"fangctl respond idx 7 cl\t", "<respond><idx><7><clear>"},
        {"fangctl completion b\t", "<completion><bash>"},
    };

    @TempDir
    Path dir;

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh"})
    void aRealShellCompletes(String shell) throws IOException, InterruptedException {
        assumeTrue(installed(shell), shell + " is not installed");
        assumeTrue(installed("script"), "script, which makes a terminal, is not installed");
        Files.createDirectories(dir.resolve("groups/idx"));
        Files.createDirectories(dir.resolve("groups/av.two"));
        Files.writeString(
                dir.resolve("completion"), new Tool().run("completion", shell).out());
        String load = shell.equals("zsh") ? "autoload -U compinit; compinit -u -D; " : "";
        Files.writeString(
                dir.resolve("setup"),
                load + ". " + dir + "/completion\nfangctl() { printf '<%s>' \"$@\"; echo; }\necho '<ready>'\n");
        String command = shell.equals("zsh") ? "zsh -f -i" : "bash --norc --noprofile -i";

        Process process = start(command);
        try (Writer keys = process.outputWriter(StandardCharsets.UTF_8);
                var screen =
                        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            type(keys, ". " + dir + "/setup");
            assertThat(answer(screen)).isEqualTo("<ready>");
            for (String[] typed : TYPED) {
                type(keys, typed[0]);
                assertThat(answer(screen).replaceAll("/>$", ">")).as(typed[0]).isEqualTo(typed[1]);
            }
            type(keys, "exit");
            process.waitFor(10, TimeUnit.SECONDS);
        } finally {
            process.destroyForcibly();
        }
    }

    private Process start(String command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("script", "-qec", command, "/dev/null").redirectErrorStream(true);
        // Without bracketed paste and colours, which would stand between the lines.
        builder.environment().put("TERM", "dumb");
        builder.environment().put("FANG_CONFIGFS", dir.toString());
        builder.environment().put("HOME", dir.toString());
        return builder.start();
    }

    private static void type(Writer keys, String line) throws IOException {
        keys.write(line + "\n");
        keys.flush();
    }

    /** The next line that the function fangctl printed. */
    private static String answer(BufferedReader screen) throws IOException {
        for (String line = screen.readLine(); line != null; line = screen.readLine()) {
            int start = line.lastIndexOf('\r', line.length() - 2) + 1;
            if (line.startsWith("<", start)) {
                return line.substring(start).trim();
            }
        }
        throw new IOException("the shell ended");
    }

    private static boolean installed(String program) {
        for (String directory : System.getenv("PATH").split(":")) {
            if (Files.isExecutable(Path.of(directory, program))) {
                return true;
            }
        }
        return false;
    }

    @Test
    void otherShellsAreRefused() {
        Tool.Result result = new Tool().run("completion", "fish");
        assertThat(result.exit()).isEqualTo(2);
        assertThat(result.err()).isEqualTo("fangctl: \"fish\" is none of bash, zsh\n");
    }
}
