// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import fang.ctl.testing.Tool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HelpTest {
    static List<String> names() {
        return Commands.NAMES;
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyCommandHasHelpWithExamplesThatParse(String name) {
        List<String> args = new ArrayList<>(Arrays.asList(name.split(" ")));
        args.add("--help");
        Tool.Result result = new Tool().run(args.toArray(new String[0]));

        assertThat(result.exit()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).startsWith("Usage: fangctl " + name).contains("Examples:\n");
        String examples = result.out().substring(result.out().indexOf("Examples:\n"));
        assertThat(examples).contains("fangctl " + name + " ".repeat(name.matches("list|doctor|schema") ? 0 : 1));
        for (String call : examples.split("[|;&\n]")) {
            int start = call.indexOf("fangctl " + name);
            if (start >= 0) {
                String[] words =
                        call.substring(start + 8 + name.length()).trim().split(" +|(?<=x)>.*");
                String[] operands = Arrays.stream(words)
                        .takeWhile(word -> !word.startsWith(">") && !word.equals("--"))
                        .filter(word -> !word.isEmpty())
                        .toArray(String[]::new);
                PicocliParser.parse(Commands.of(name).orElseThrow().model(), operands);
            }
        }
    }

    @Test
    void rootHelpNamesEveryCommand() {
        for (String[] args : new String[][] {{"--help"}, {"-h"}, {"help"}}) {
            Tool.Result result = new Tool().run(args);
            assertThat(result.exit()).isZero();
            for (String name : Commands.firstWords()) {
                assertThat(result.out()).containsPattern("(?m)^  " + name + " ");
            }
        }
        assertThat(new Tool().run("help", "scope", "add").out()).startsWith("Usage: fangctl scope add");
        assertThat(new Tool().run("scope", "--help").out()).contains("remove");
        assertThat(new Tool().run("help", "lst").exit()).isEqualTo(2);
    }

    @Test
    void versionNamesTheProtocol() {
        assertThat(new Tool().run("--version").out()).endsWith(", protocol 1\n");
    }
}
