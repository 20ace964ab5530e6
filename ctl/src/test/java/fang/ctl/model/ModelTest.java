// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ModelTest {
    @Test
    void pathsOfAnyBytesSurviveBothSpellings() {
        Random random = new Random(1);
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = new byte[random.nextInt(12)];
            random.nextBytes(bytes);
            for (int j = 0; j < bytes.length; j++) {
                bytes[j] = bytes[j] == 0 ? 1 : bytes[j];
            }
            RawPath path = RawPath.ofBytes(bytes);

            assertThat(RawPath.parse(path.escaped())).isEqualTo(path);
            assertThat(RawPath.parse(path.display())).isEqualTo(path);
            assertThat(path.display().codePoints()).noneMatch(Printable::isUnsafe);
        }
    }

    @Test
    void displayEscapesWhatSteersATerminal() {
        assertThat(RawPath.ofText("/a b/ä\u001b[2J\u009b\u202e\\").display())
                .isEqualTo("/a b/ä\\033[2J\\302\\233\\342\\200\\256\\134");
        assertThat(RawPath.ofBytes(new byte[] {'/', (byte) 0xff, (byte) 0xc3}).display())
                .isEqualTo("/\\377\\303");
        assertThat(new String(RawPath.ofText("/a b\\").escaped())).isEqualTo("/a\\040b\\134");
    }

    @Test
    void malformedEscapesAreRefused() {
        for (String bad : List.of("\\", "/a\\1", "/\\8", "/\\999", "/\\000", "/\\n")) {
            assertThatThrownBy(() -> RawPath.parse(bad)).as(bad).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void durations() {
        assertThat(Durations.parse("500ms")).isEqualTo(500);
        assertThat(Durations.parse("5s")).isEqualTo(5000);
        assertThat(Durations.parse("2m")).isEqualTo(120_000);
        assertThat(Durations.parse("99999999999999999999h")).isEqualTo(Long.MAX_VALUE);
        for (long millis : new long[] {0, 1, 999, 1000, 1500, 60_000, 61_000, 3_600_000}) {
            assertThat(Durations.parse(Durations.format(millis))).isEqualTo(millis);
        }
        assertThatThrownBy(() -> Durations.parse("5")).hasMessage("\"5\" has no unit (did you mean 5s?)");
        assertThatThrownBy(() -> Durations.parse("1:30")).hasMessage("\"1:30\" is no duration (did you mean 90s?)");
        assertThatThrownBy(() -> Durations.parse("5 s")).hasMessageContaining("is no duration");
        assertThatThrownBy(() -> Durations.parse("-5s")).hasMessageContaining("is no duration");
    }

    @Test
    void valuesSayWhatWasMeant() {
        assertThatThrownBy(() -> new ValueType.Number(0, 99).parse("010"))
                .hasMessage("\"010\" is no decimal number (did you mean 10?)");
        assertThatThrownBy(() -> new ValueType.Number(0, 99).parse("1:30")).hasMessageContaining("did you mean 90?");
        assertThatThrownBy(() -> new ValueType.Number(0, 99).parse("100")).hasMessage("100 is out of bounds (0 to 99)");
        assertThatThrownBy(() -> new ValueType.Flag().parse("yes"))
                .hasMessage("\"yes\" is neither true nor false (did you mean true?)");
        assertThatThrownBy(() -> Attribute.MASK.type().parse("opne"))
                .hasMessage("unknown event kind \"opne\" (did you mean \"open\"?)");
        assertThatThrownBy(() -> Attribute.TIMEOUT.type().parse("5ms"))
                .hasMessage("5ms is out of bounds (10ms to 10m)");
        assertThat(Attribute.MASK.type().parse("close_write, open")).isEqualTo("open close_write");
    }

    @Test
    void keysDeriveFromTheFilesOfConfigfs() {
        for (Attribute attribute : Attribute.values()) {
            assertThat(attribute.name()).isEqualToIgnoringCase(attribute.key());
            assertThat(attribute.file()).isIn(attribute.key(), attribute.key() + "_ms");
            assertThat(attribute.file().endsWith("_ms")).isEqualTo(attribute.type() instanceof ValueType.Duration);
        }
    }

    @Test
    void groupNamesCannotLeadElsewhere() {
        for (String bad : List.of("", ".", "..", "a/b", "-a", "a b", "a\n", "ä", "x".repeat(65))) {
            assertThatThrownBy(() -> new GroupName(bad)).as(bad).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(new GroupName("9.a_B-c").text()).isEqualTo("9.a_B-c");
    }

    @Test
    void scopeDirectoriesFollowTypeAndPath() {
        Scope scope = Scope.parse("subtree", "/srv/share");
        assertThat(scope.directory())
                .isEqualTo(Scope.parse("subtree", "/srv/share").directory());
        assertThat(scope.directory()).matches("subtree-[0-9a-f]{16}");
        assertThat(scope.directory())
                .isNotEqualTo(Scope.parse("subtree", "/srv/shard").directory())
                .isNotEqualTo(Scope.parse("file", "/srv/share").directory());
        new GroupName(scope.directory());
    }

    @Test
    void suggestionsAreNear() {
        List<String> words = List.of("open", "read", "close_write", "subtree");
        assertThat(Suggestions.closest("opne", words)).isEqualTo("open");
        assertThat(Suggestions.closest("closewrite", words)).isEqualTo("close_write");
        assertThat(Suggestions.closest("sub-tree", words)).isEqualTo("subtree");
        assertThat(Suggestions.closest("cgroup", words)).isNull();
        assertThat(Suggestions.closest("x", List.of("y"))).isNull();
    }
}
