// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import fang.ctl.testing.OutputSchemas;
import fang.ctl.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Replays transcripts: one directory a case below src/test/golden, with a file {@code transcript} and the files that it
 * names as {@code @/NAME}. After {@code $ fangctl ...} come the lines of stdout, those of stderr after {@code ! }, and
 * {@code [N]} unless the exit code is 0. A line of stdout that begins with {@code # } is shown with another {@code #}. A NUL is shown as {@code @}. {@code < NAME} at the end of a command is its stdin; {@code >
 * /dev/null} hides its stdout.
 * Lines that begin with {@code #} are remarks, or tell {@link GoldenMachine} what to be.
 *
 * <p>{@code mvn test -Dtest=GoldenTest -Dgolden.update=true} writes what came out; read the diff.
 */
class GoldenTest {
    private static final Path ROOT = Path.of("src/test/golden");
    private static final Pattern DATE = Pattern.compile("20[0-9]{2}-[01][0-9]-[0-3][0-9]");
    private static final Pattern TIME = Pattern.compile("(?<![0-9])[0-2][0-9]:[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?");
    private static final Pattern COMMENT = Pattern.compile("(?m)^# ");
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

    @TestFactory
    Stream<DynamicTest> transcripts() throws IOException {
        try (var cases = Files.list(ROOT)) {
            return cases.sorted().toList().stream()
                    .map(dir -> DynamicTest.dynamicTest(dir.getFileName().toString(), () -> replay(dir)));
        }
    }

    @Test
    void everyCommandIsShownWithWhatItSaysAndHowItFails() throws IOException {
        var text = new StringBuilder();
        try (var cases = Files.list(ROOT)) {
            for (Path dir : cases.toList()) {
                text.append(Files.readString(dir.resolve("transcript"))).append("\n$ fangctl\n");
            }
        }
        for (String name : Commands.NAMES) {
            assertThat(text)
                    .as(name)
                    .containsPattern("(?m)^\\$ fangctl " + name + "\\b.*(\n(?!\\[[0-9]|\\$).*)*\n\\$ ");
            assertThat(text)
                    .as(name + " that fails")
                    .containsPattern("(?m)^\\$ fangctl " + name + "\\b.*(\n(?!\\[[0-9]|\\$).*)*\n\\[[0-9]+\\]$");
        }
    }

    private static void replay(Path dir) throws IOException {
        Path file = dir.resolve("transcript");
        String wanted = Files.readString(file);
        var text = new StringBuilder();
        try (GoldenMachine machine = new GoldenMachine()) {
            play(wanted, dir, machine, text);
        }
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(file, text);
        }
        assertThat(text.toString()).isEqualTo(wanted);
    }

    private static void play(String wanted, Path dir, GoldenMachine machine, StringBuilder text) throws IOException {
        for (String line : wanted.split("\n")) {
            if (line.startsWith("# ") || line.isEmpty()) {
                text.append(line).append('\n');
                machine.hear(line);
            } else if (line.startsWith("$ fangctl")) {
                text.append(line).append('\n').append(run(machine.tool(), dir, line.substring("$ fangctl".length())));
            }
        }
    }

    private static String run(Tool tool, Path dir, String command) throws IOException {
        List<String> args = new ArrayList<>();
        Matcher words = WORD.matcher(command);
        while (words.find()) {
            args.add((words.group(1) != null ? words.group(1) : words.group(2)).replace("@/", dir + "/"));
        }
        int stdin = args.indexOf("<");
        if (stdin >= 0) {
            tool.stdin(Files.readAllBytes(dir.resolve(args.get(stdin + 1))));
            args = args.subList(0, stdin);
        }
        boolean whole = !args.contains(">");
        args = whole ? args : args.subList(0, args.indexOf(">"));
        Tool.Result result = tool.run(args.toArray(new String[0]));
        if (!whole) {
            assertThat(result.out()).isNotEmpty();
            result = new Tool.Result(result.exit(), "", result.err());
        }
        if (args.contains("json") || args.contains("jsonl")) {
            fits(args, result.out());
        }
        var text = new StringBuilder(
                COMMENT.matcher(result.out().replace('\0', '@')).replaceAll("## "));
        if (!result.out().isEmpty() && !result.out().endsWith("\n")) {
            text.append("\\\n");
        }
        result.err().lines().forEach(line -> text.append("! ").append(line).append('\n'));
        if (result.exit() != 0) {
            text.append('[').append(result.exit()).append("]\n");
        }
        String here = Path.of("").toAbsolutePath() + "/";
        String shown = text.toString().replace(here, "").replace(dir + "/", "@/");
        return TIME.matcher(DATE.matcher(shown).replaceAll("DATE")).replaceAll("TIME");
    }

    /** What is written as JSON has the shape that {@code fangctl schema} gives away, and no key more. */
    private static void fits(List<String> args, String out) {
        for (JsonElement document :
                out.isEmpty() ? List.<JsonElement>of() : OutputSchemas.documents(out, args.contains("jsonl"))) {
            String name = OutputSchemas.name(args, document);
            assertThat(OutputSchemas.strictComplaints(name, document))
                    .as(args + " wrote " + document)
                    .isEmpty();
        }
    }
}
