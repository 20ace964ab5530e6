// SPDX-License-Identifier: Apache-2.0
package fang.ctl.profile;

import static org.assertj.core.api.Assertions.assertThat;

import fang.ctl.model.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever SimpleYaml reads, the parser reads alike: keys, values, quotes, places, the count of nodes, and no error. */
class SimpleYamlTest {
    private static final String FILE = "p.yaml";

    private static final String TYPICAL = """
            # A comment.
            version: 1
            groups:
              av:   # another
                priority: 10
                mask: [open_access, "close_write"]
                timeout: 5s
                scopes:
                - {subtree: '/srv/a b'}
                -   file: /etc/x
                    enabled: true

                rules: [{subtree: /srv, uid: 1,
                    respond: deny, reason: no such thing here},
                  {path: "/srv/*", respond: scan}]
                scanner: {clamd: /run/clamd}
                fastpath:
                    max: 10
                    preload: "/srv/**"
                exemptions: []
              g2: {}
            """;

    private static void assertAlike(byte[] bytes) {
        SimpleYaml simple = new SimpleYaml(FILE, bytes, YamlTree.NODES_MAX);
        Optional<YamlNode> found = simple.read();
        if (found.isPresent()) {
            List<Problem> problems = new ArrayList<>();
            YamlTree.Budget budget = new YamlTree.Budget();
            Optional<YamlNode> parsed = YamlTree.parse(FILE, bytes, problems, budget);
            assertThat(problems).isEmpty();
            assertThat(found).isEqualTo(parsed);
            assertThat(simple.nodes()).isEqualTo(budget.taken());
        }
    }

    private static boolean isRead(byte[] bytes) {
        assertAlike(bytes);
        return new SimpleYaml(FILE, bytes, YamlTree.NODES_MAX).read().isPresent();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Example
    void readsWhatIsTypical() {
        assertThat(isRead(bytes(TYPICAL))).isTrue();
    }

    @Example
    void readsTheProfilesThatAreShipped() throws IOException {
        try (var profiles = Files.newDirectoryStream(Path.of("../profiles"), "*.yaml")) {
            for (Path profile : profiles) {
                assertThat(isRead(Files.readAllBytes(profile)))
                        .as(profile.toString())
                        .isTrue();
            }
        }
    }

    @Example
    void declinesWhatIsNotSimple() {
        for (String text : List.of(
                "",
                "a",
                "a:",
                "a: ",
                "a: |\n  b\n",
                "a: b\n c\n",
                "a: &x b\n",
                "a: *x\n",
                "a: !t b\n",
                "a: b: c\n",
                "a: b\na: c\n",
                "{a: b}\n",
                "- a\n",
                "a:\n\t- b\n",
                "---\na: b\n",
                "a: b\n...\n",
                "a: \"\\x41\"\n",
                "a: 'it''s'\n",
                "a: é\n",
                "a: b#c\n",
                "? a\n: b\n",
                "a: [b, ]\n",
                "a: [b\n]\n",
                "a: ~\n",
                "a : b\n")) {
            assertThat(isRead(bytes(text))).as(text).isFalse();
        }
    }

    @Example
    void declinesMoreNodesThanAreLeft() {
        byte[] bytes = bytes(TYPICAL);
        SimpleYaml simple = new SimpleYaml(FILE, bytes, YamlTree.NODES_MAX);
        assertThat(simple.read()).isPresent();
        assertThat(new SimpleYaml(FILE, bytes, simple.nodes()).read()).isPresent();
        assertThat(new SimpleYaml(FILE, bytes, simple.nodes() - 1).read()).isEmpty();
    }

    @Provide
    Arbitrary<byte[]> damaged() {
        String alphabet = "\n\n  {}[]:,-&*!|>'\"%@`#?\\01yz\t\r~é";
        var places =
                Arbitraries.integers().between(0, TYPICAL.length() - 1).list().ofSize(3);
        var lengths = Arbitraries.integers().between(0, 3).list().ofSize(3);
        var pieces = Arbitraries.strings()
                .withChars(alphabet.toCharArray())
                .ofMaxLength(3)
                .list()
                .ofSize(3);
        return Combinators.combine(places, lengths, pieces).as((at, length, piece) -> {
            StringBuilder changed = new StringBuilder(TYPICAL);
            for (int i = 0; i < at.size(); i++) {
                int start = Math.min(at.get(i), changed.length());
                changed.replace(start, Math.min(start + length.get(i), changed.length()), piece.get(i));
            }
            return bytes(changed.toString());
        });
    }

    @Property(tries = 5_000)
    void readsDamagedFilesAlike(@ForAll("damaged") byte[] bytes) {
        assertAlike(bytes);
    }

    /** Lines of pieces that YAML gives a meaning. */
    @Provide
    Arbitrary<byte[]> pieces() {
        Arbitrary<String> piece = Arbitraries.of(
                "\n", "\n", "\n ", "\n  ", "\n  ", "\n    ", "- ", "-", "a: ", "b: ", "c:", "d:\n", " ", "x", "y z",
                "/p", "[", "]", "{", "}", ", ", ",", "'q'", "\"r s\"", "# c", " # c\n", "null", "~", "1", "a-b: ", ":",
                "''");
        return piece.list().ofMaxSize(24).map(list -> bytes(String.join("", list)));
    }

    @Property(tries = 20_000)
    void readsPiecesAlike(@ForAll("pieces") byte[] bytes) {
        assertAlike(bytes);
    }

    /** Trees of any shape, written in block and flow style, as people indent. */
    @Provide
    Arbitrary<byte[]> trees() {
        return Arbitraries.integers()
                .between(0, 4)
                .flatMap(depth -> mapping(depth, 0))
                .map(SimpleYamlTest::bytes);
    }

    private static Arbitrary<String> scalar() {
        return Arbitraries.of("1", "5s", "/srv/**", "open_access", "'a, b'", "\"[#: x\"", "two words", "x # c", "''");
    }

    private static Arbitrary<String> flow(int depth) {
        if (depth == 0) {
            return scalar().map(s -> s.replace(" # c", ""));
        }
        Arbitrary<String> space = Arbitraries.of(" ", "", "  ", "\n                  ", "\n\n                  ");
        Arbitrary<List<String>> items = flow(depth - 1).list().ofMaxSize(3);
        return Combinators.combine(items, space, Arbitraries.of(true, false)).as((list, gap, isList) -> {
            StringBuilder text = new StringBuilder(isList ? "[" : "{");
            for (int i = 0; i < list.size(); i++) {
                text.append(i == 0 ? "" : ",")
                        .append(gap)
                        .append(isList ? "" : "k" + i + ": ")
                        .append(list.get(i));
            }
            return text.append(gap).append(isList ? ']' : '}').toString();
        });
    }

    private static Arbitrary<String> mapping(int depth, int indent) {
        return entry(depth, indent).list().ofMinSize(1).ofMaxSize(3).map(list -> {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < list.size(); i++) {
                text.append(" ".repeat(indent))
                        .append("k")
                        .append(i)
                        .append(":")
                        .append(list.get(i));
            }
            return text.toString();
        });
    }

    private static Arbitrary<String> entry(int depth, int indent) {
        Arbitrary<String> end = Arbitraries.of("\n", "\n\n", "  \n", " # c\n", "\n# c\n", "\n   # c\n");
        Arbitrary<String> onLine = Combinators.combine(flow(depth % 3), end).as((node, rest) -> " " + node + rest);
        if (depth == 0) {
            return onLine;
        }
        Arbitrary<String> below = Arbitraries.integers()
                .between(1, 3)
                .flatMap(more -> Combinators.combine(mapping(depth - 1, indent + more), end)
                        .as((node, rest) -> rest + node));
        Arbitrary<String> items = Arbitraries.integers()
                .between(0, 2)
                .flatMap(more -> Combinators.combine(
                                mapping(depth - 1, indent + more + 2)
                                        .list()
                                        .ofMinSize(1)
                                        .ofMaxSize(2),
                                end)
                        .as((nodes, rest) -> {
                            StringBuilder text = new StringBuilder(rest);
                            for (String node : nodes) {
                                text.append(" ".repeat(indent + more))
                                        .append("- ")
                                        .append(node.stripLeading());
                            }
                            return text.toString();
                        }));
        return Arbitraries.oneOf(onLine, below, items);
    }

    @Property(tries = 1_000)
    void readsAllTreesOfSimplePieces(@ForAll("trees") byte[] bytes) {
        assertThat(isRead(bytes)).as(new String(bytes, StandardCharsets.UTF_8)).isTrue();
    }
}
