// SPDX-License-Identifier: Apache-2.0
package fang.ctl.output;

import static org.assertj.core.api.Assertions.assertThat;

import fang.ctl.model.Activity;
import fang.ctl.model.Counters;
import fang.ctl.model.GroupName;
import fang.ctl.model.Load;
import fang.ctl.model.Rates;
import fang.ctl.model.RawPath;
import fang.ctl.model.Waits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pictures of several sizes; {@code -Dgolden.update=true} writes them. */
class TopTextTest {
    private static final Path PICTURES = Path.of("src/test/resources/top");
    private static final String HEAD = "fangctl top 12:34:56, each 2s, q ends";
    private static final long SECOND_NS = 1_000_000_000;

    private static Load.OfGroup group(String name, long asked, long pending, long oldestMs) {
        Map<String, Long> before = Map.of("asked", 0L, "settled", 0L);
        Map<String, Long> now = Map.of(
                "asked",
                asked,
                "settled",
                asked - pending,
                "allowed",
                asked / 2,
                "denied",
                3L,
                "rule_denied",
                2L,
                "fastpath_hits",
                123_456L,
                "queued",
                asked * 1000);
        List<Waits> waits =
                asked == 0 ? List.of() : List.of(new Waits(512, 60), new Waits(2048, 39), new Waits(1 << 22, 1));
        return new Load.OfGroup(
                new Rates(
                        new Counters(new GroupName(name), "1", true, 1, false, before, List.of()),
                        new Counters(new GroupName(name), "1", true, 1, pending > 99, now, waits),
                        SECOND_NS),
                pending == 0 ? OptionalLong.empty() : OptionalLong.of(oldestMs));
    }

    private static Load load(int groups, int rows, String why) {
        List<Load.OfGroup> all = new ArrayList<>();
        all.add(group("antivirus-of-the-file-server", 1200, 3, 4200));
        all.add(group("idle", 0, 0, 0));
        for (int i = 2; i < groups; i++) {
            all.add(group("g" + i, i, 100, 250_000));
        }
        List<Activity.Program> programs = new ArrayList<>();
        List<Activity.File> files = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            byte[] hostile = ("\u001b[2J\u4e2d\u6587" + i).getBytes(StandardCharsets.UTF_8);
            programs.add(new Activity.Program("antivirus-of-the-file-server", RawPath.ofBytes(hostile), i, 1000L - i));
            files.add(new Activity.File(
                    RawPath.ofText(
                            "/srv/\u4e2d\u6587\u4e2d\u6587\n\u202e/of/everybody/and/of/nobody/else/as/it/seems/file-"
                                    + i),
                    2_000_000L / (i + 1)));
        }
        Activity activity =
                why == null ? new Activity(programs, files, 100, 12, SECOND_NS, null) : Activity.unknown(why);
        return new Load(all, List.of(), activity);
    }

    @ParameterizedTest
    @CsvSource({"80, 24, 4, 30", "40, 10, 4, 30", "200, 50, 4, 30", "80, 24, 60, 30", "80, 24, 4, 0"})
    void aPictureIsAsItWas(int columns, int rows, int groups, int busy) throws IOException {
        String name = columns + "x" + rows + "-" + groups + "-groups-" + busy + "-files";
        String text = String.join("\n", TopText.lines(HEAD, load(groups, busy, null), new Layout(columns, false), rows))
                + "\n";
        Path file = PICTURES.resolve(name);
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(file, text);
        }
        assertThat(file).content().isEqualTo(text);
    }

    @Test
    void nothingIsLargerThanTheTerminalOrSteersIt() {
        for (int columns = 1; columns < 140; columns++) {
            for (int rows = 1; rows < 60; rows += 3) {
                for (int groups : new int[] {2, 5, 70}) {
                    for (String why : new String[] {null, "shown to root only"}) {
                        List<String> lines =
                                TopText.lines(HEAD, load(groups, rows % 2 * 40, why), new Layout(columns, false), rows);
                        int most = columns;
                        assertThat(lines).hasSizeLessThanOrEqualTo(rows).allMatch(line -> TextWidth.of(line) <= most);
                        assertThat(lines).noneMatch(line -> line.chars().anyMatch(c -> c < ' ' || c == 0x202e));
                    }
                }
            }
        }
    }

    @Test
    void titlesArePaintedOnlyWhereThatIsWanted() {
        Load load = load(2, 3, null);
        assertThat(TopText.lines(HEAD, load, new Layout(80, true), 24).get(2)).startsWith("\u001b[7mGROUP");
        assertThat(String.join("", TopText.lines(HEAD, load, new Layout(80, false), 24)))
                .doesNotContain("\u001b");
    }

    @Test
    void numbersTakeSixColumnsAtMost() {
        for (double rate : new double[] {0, 0.04, 0.05, 99.94, 99.95, 99_999.4, 99_999.5, 999_999.4, 999_999.5, 9e10}) {
            assertThat(TopText.number(rate)).hasSizeLessThanOrEqualTo(6);
        }
        assertThat(List.of(TopText.number(99_999.4), TopText.number(99_999.5), TopText.number(999_999.5)))
                .containsExactly("99999", "100k", "1M");
    }
}
