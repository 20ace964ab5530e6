// SPDX-License-Identifier: Apache-2.0
package fang.ctl.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import fang.ctl.model.Failure;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever stands in a file: read, or refused with a place, never an exception of another kind, and soon. */
class HostileProfileTest {
    private static final String GOOD = """
            version: 1
            groups:
              av:
                priority: 10
                mask: [open_access, "close_write"]
                timeout: 5s
                scopes: [{subtree: '/srv/a b'}, file: /etc/x]
                rules: [{subtree: /srv, uid: 1, respond: deny}, {path: "/srv/*", respond: scan}]
                scanner: {clamd: /run/clamd}
                fastpath: {max: 10, preload: "/srv/**"}
            """;

    private static final long SOON_NS = 20_000_000_000L;

    private static Failure read(byte[] bytes) {
        ProfileReader reader = new ProfileReader(name -> OptionalLong.empty());
        long start = System.nanoTime();
        Failure failure = catchThrowableOfType(Failure.class, () -> {
            reader.add("p.yaml", "/p.yaml", bytes);
            reader.finish();
        });
        assertThat(System.nanoTime() - start).isLessThan(SOON_NS);
        return failure;
    }

    private static Failure read(String text) {
        return read(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertReadOrNamed(byte[] bytes) {
        Failure failure = read(bytes);
        if (failure != null) {
            assertThat(failure.kind()).isEqualTo(Failure.Kind.PROFILE);
            assertThat(failure.problems()).isNotEmpty().allSatisfy(problem -> {
                assertThat(problem.position().line()).isPositive();
                assertThat(problem.position().column()).isPositive();
                assertThat(problem.toString().chars()).noneMatch(Character::isISOControl);
            });
        }
    }

    @Example
    void theGoodOneIsGood() {
        assertThat(read(GOOD)).isNull();
    }

    @Provide
    Arbitrary<byte[]> damaged() {
        byte[] good = GOOD.getBytes(StandardCharsets.UTF_8);
        byte[] alphabet = "\n\t {}[]:,-&*!|>'\"%@`#?\\\0\u001b\u00ff01yz".getBytes(StandardCharsets.ISO_8859_1);
        Arbitrary<List<Integer>> places = Arbitraries.integers()
                .between(0, good.length - 1)
                .list()
                .ofMinSize(1)
                .ofMaxSize(4);
        Arbitrary<List<Integer>> bytes =
                Arbitraries.integers().between(0, alphabet.length - 1).list().ofSize(4);
        return Combinators.combine(places, bytes).as((where, what) -> {
            byte[] changed = good.clone();
            for (int i = 0; i < where.size(); i++) {
                changed[where.get(i)] = alphabet[what.get(i)];
            }
            return changed;
        });
    }

    @Property(tries = 5_000)
    void anyDamageIsReadOrNamedWithItsPlace(@ForAll("damaged") byte[] bytes) {
        assertReadOrNamed(bytes);
    }

    /** Documents of words that profiles know, nested at random: more than damage comes through the parser. */
    @Provide
    Arbitrary<String> nonsense() {
        Arbitrary<String> word = Arbitraries.of(
                "version",
                "groups",
                "av",
                "mask",
                "scopes",
                "rules",
                "exemptions",
                "fastpath",
                "preload",
                "scanner",
                "respond",
                "path",
                "uid",
                "subtree",
                "all",
                "deny",
                "1",
                "5s",
                "/",
                "/a*",
                "..",
                "../x",
                "~",
                "&a x",
                "*a",
                "!t x",
                "\"\\0\"",
                "\"\\e[31m\"",
                "\"root\\0x\"",
                "\"\\uFEFF\"",
                "é",
                "true",
                "yes",
                "0x1",
                "<<");
        Arbitrary<String> value = Arbitraries.lazyOf(
                () -> word,
                () -> word,
                () -> pairs(word).map(pairs -> "{" + pairs + "}"),
                () -> nonsense().list().ofMaxSize(3).map(items -> "[" + String.join(", ", items) + "]"));
        return value;
    }

    private Arbitrary<String> pairs(Arbitrary<String> word) {
        return Combinators.combine(word, nonsense())
                .as((key, value) -> key + ": " + value)
                .list()
                .ofMaxSize(4)
                .map(pairs -> String.join(", ", pairs));
    }

    @Property(tries = 1_500)
    void anyNonsenseIsReadOrNamedWithItsPlace(@ForAll("nonsense") String value, @ForAll("nonsense") String other) {
        assertReadOrNamed(("version: 1\ngroups:\n  av: {priority: 1, mask: open, rules: " + value + ", scopes: " + other
                        + "}\n  b: " + other + "\n")
                .getBytes(StandardCharsets.UTF_8));
    }

    @Property(tries = 2_000)
    void noNameLeadsOutOfItsDirectory(@ForAll String name) {
        String quoted = name.codePoints()
                .mapToObj(c -> String.format("\\U%08X", c))
                .collect(Collectors.joining("", "\"", "\""));
        Failure failure = read("version: 1\ngroups:\n  " + quoted + ": {enabled: false}\n");
        assertThat(failure == null).isEqualTo(name.matches("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"));
    }

    @Example
    void tricksInNamesAreRefused() {
        for (String name : List.of("..", ".", "a/b", "../x", "-x", "é", "a\\0b", "x".repeat(65), " ", "")) {
            assertThat(read("version: 1\ngroups: {\"" + name + "\": {enabled: false}}")
                            .problems())
                    .as(name)
                    .hasSize(1)
                    .allSatisfy(problem -> assertThat(problem.position().line()).isEqualTo(2));
        }
    }

    @Example
    void sizeDepthNumbersAndLengthsAreBounded() {
        assertThat(read(new byte[YamlTree.BYTES_MAX + 1]).getMessage()).contains("1 error");
        assertProblem("version: 1\ngroups: " + "{a: ".repeat(10_000), "nested more than");
        assertProblem("- ".repeat(30_000), "nested more than");
        assertProblem("? ".repeat(30_000), "nested more than");
        assertProblem("version: 1\ngroups: [" + "a,\n".repeat(1_000_000) + "]", "more than 100000 keys");
        assertProblem("version: 1\ngroups: {\"" + "a".repeat(500) + "\": 1}", "longer than 128");
        assertProblem("version: 1\ngroups: {a: {enabled: " + "a".repeat(30_000) + "}}", "longer than 16380");
        assertProblem("version: 1\nx: |\n" + "  a\n".repeat(300_000), "longer than 16380");
        assertProblem("version: 1\nx: \"" + "a\n".repeat(1_000_000) + "\"", "longer than 16380");
        assertProblem("version: 1\nx: \"" + "\n".repeat(3_000_000) + "\"", "longer than 16380");
    }

    /** Runs without a break, of which the parser's time grows with the square. */
    @Example
    void longLinesAreRefusedUnread() {
        for (String run : List.of("a", " ", "\\x41", "*", "[", "#", "'", "\t", "é")) {
            for (String start : List.of("", "x: \"", "x: '", "# ", "x: |\n  ")) {
                String text = "version: 1\n" + start + run.repeat(3_000_000 / run.length());
                assertProblem(text.substring(0, Math.min(text.length(), 2_000_000)), "a line longer than 65536");
            }
        }
    }

    /** The longest lines that are read, as many as a file holds. */
    @Example
    void linesOfTheGreatestLengthAreReadSoon() {
        for (String line :
                List.of("\"" + "a".repeat(65_000) + "\"", "a".repeat(65_000), "\"" + " ".repeat(65_000) + "\"")) {
            assertProblem("version: 1\nx:\n" + ("- " + line + "\n").repeat(60), "unknown key");
        }
    }

    private static void assertProblem(String text, String wanted) {
        Failure failure = read(text);
        assertThat(failure.problems().toString()).contains(wanted).hasSizeLessThan(100_000);
    }

    @Example
    void aliasesAreNeverExpanded() {
        String bomb = "version: 1\ngroups:\n  a: &a [x, x]\n"
                + IntStream.range(1, 9)
                        .mapToObj(i -> "  " + (char) ('a' + i) + ": &" + (char) ('a' + i) + " ["
                                + ("*" + (char) ('a' + i - 1) + ", ").repeat(9) + "]\n")
                        .collect(Collectors.joining());
        assertProblem(bomb, "aliases (*name) are not supported");
        assertProblem("version: 1\ngroups: &a {x: *a}\n", "aliases (*name) are not supported");
        assertProblem("version: 1\ngroups: {<<: *a}\n", "aliases (*name) are not supported");
    }

    @Example
    void errorsAreToldUpToABound() {
        Failure failure = read("version: 1\ngroups: {" + "a b: 1,\n ".repeat(30_000) + "}");
        assertThat(failure.problems()).hasSize(Problems.MAX);
        assertThat(failure.getMessage()).isEqualTo("1000 errors or more, nothing was changed");
    }

    @Example
    void aNameOfAUserEndsWhereItEnds() {
        ProfileReader reader = new ProfileReader(name -> OptionalLong.of(0));
        reader.add(
                "p.yaml",
                "/p.yaml",
                "version: 1\ngroups: {a: {enabled: false, exemptions: [{uid: \"root\\0x\"}]}}"
                        .getBytes(StandardCharsets.UTF_8));
        Failure failure = catchThrowableOfType(Failure.class, reader::finish);
        assertThat(failure.problems().toString()).contains("\"root\\000x\" is no name of a user");
    }
}
