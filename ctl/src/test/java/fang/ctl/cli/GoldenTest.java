// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import fang.ctl.model.Errno;
import fang.ctl.testing.FakeKernel;
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
import org.junit.jupiter.api.TestFactory;

/**
 * Replays transcripts: one directory a case below src/test/golden, with a file {@code transcript} and the files that it
 * names as {@code @/NAME}. After {@code $ fangctl ...} come the lines of stdout, those of stderr after {@code ! }, and
 * {@code [N]} unless the exit code is 0. {@code < NAME} at the end of a command is its stdin; {@code # put FILE VALUE}
 * and {@code # refuse ERRNO FILE} speak to the fake kernel, {@code # absent} unloads it.
 *
 * <p>{@code mvn test -Dtest=GoldenTest -Dgolden.update=true} writes what came out; read the diff.
 */
class GoldenTest {
    private static final Path ROOT = Path.of("src/test/golden");
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

    @TestFactory
    Stream<DynamicTest> transcripts() throws IOException {
        try (var cases = Files.list(ROOT)) {
            return cases.sorted().toList().stream()
                    .map(dir -> DynamicTest.dynamicTest(dir.getFileName().toString(), () -> replay(dir)));
        }
    }

    private static void replay(Path dir) throws IOException {
        Path file = dir.resolve("transcript");
        String wanted = Files.readString(file);
        var text = new StringBuilder();
        Tool tool = new Tool();
        for (String line : wanted.split("\n")) {
            if (line.startsWith("# ") || line.isEmpty()) {
                text.append(line).append('\n');
                tool = setUp(tool, line.split(" ", 4));
            } else if (line.startsWith("$ fangctl")) {
                text.append(line).append('\n').append(run(tool, dir, line.substring("$ fangctl".length())));
            }
        }
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(file, text);
        }
        assertThat(text.toString()).isEqualTo(wanted);
    }

    private static Tool setUp(Tool tool, String[] words) {
        if (words.length < 2) {
            return tool;
        }
        switch (words[1]) {
            case "absent":
                return new Tool(FakeKernel.absent());
            case "put":
                tool.kernel.put(words[2], words[3]);
                return tool;
            case "refuse":
                tool.kernel.refuse(Errno.valueOf(words[2]), (n, path) -> path.matches(words[3]));
                return tool;
            default:
                return tool;
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
        Tool.Result result = tool.run(args.toArray(new String[0]));
        var text = new StringBuilder(result.out());
        if (!result.out().isEmpty() && !result.out().endsWith("\n")) {
            text.append("\\\n");
        }
        result.err().lines().forEach(line -> text.append("! ").append(line).append('\n'));
        if (result.exit() != 0) {
            text.append('[').append(result.exit()).append("]\n");
        }
        String here = Path.of("").toAbsolutePath() + "/";
        return text.toString().replace(here, "").replace(dir + "/", "@/");
    }
}
