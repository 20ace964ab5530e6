// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class WordsTest {
    @Test
    void blanksSeparateAndQuotesJoin() {
        assertThat(Words.of("")).isEmpty();
        assertThat(Words.of("  \t # all comment")).isEmpty();
        assertThat(Words.of(" set  g\ttimeout=5s\r")).containsExactly("set", "g", "timeout=5s");
        assertThat(Words.of("'a b'c \"d e\" ''")).containsExactly("a bc", "d e", "");
        assertThat(Words.of("a#b #c")).containsExactly("a#b");
    }

    @Test
    void backslashesEscapeAsInAShell() {
        assertThat(Words.of("a\\ b \\'c \\\\134")).containsExactly("a b", "'c", "\\134");
        assertThat(Words.of("'a\\134' \"a\\134 \\\" \\\\\"")).containsExactly("a\\134", "a\\134 \" \\");
    }

    @Test
    void whatHasNoEndIsRefused() {
        for (String line : new String[] {"'a", "\"a", "\"a\\", "a \\"}) {
            assertThatThrownBy(() -> Words.of(line)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
