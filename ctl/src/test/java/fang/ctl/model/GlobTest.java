// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.Duration;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GlobTest {
    private static boolean matches(String glob, String path) {
        return new Glob(glob).matches(RawPath.ofText(path));
    }

    @ParameterizedTest
    @CsvSource({
        "/srv/*.tmp, /srv/a.tmp, true",
        "/srv/*.tmp, /srv/d/a.tmp, false",
        "/srv/**.tmp, /srv/d/a.tmp, true",
        "/srv/**/*.tmp, /srv/d/e/a.tmp, true",
        "/srv/**/*.tmp, /srv/a.tmp, true",
        "/srv/**/*.tmp, /srvx/a.tmp, false",
        "/srv/**, /srv/a/b, true",
        "/srv/**, /srv, false",
        "/a?c, /abc, true",
        "/a?c, /aéc, true",
        "/a?c, /a/c, false",
        "/[a-c]x, /bx, true",
        "/[!a-c]x, /bx, false",
        "/[!a-c]x, /dx, true",
        "/a[!b]c, /a/c, false",
        "/*/x, //x, true",
        "/plain, /plain, true",
        "/plain, /plain2, false",
        "/**/**/b, /b, true",
    })
    void matchesAsPeopleExpect(String glob, String path, boolean expected) {
        assertThat(matches(glob, path)).isEqualTo(expected);
    }

    @Test
    void bracesAndBytes() {
        assertThat(matches("/srv/{a,b*}/x", "/srv/bcd/x")).isTrue();
        assertThat(matches("/srv/{a,b*}/x", "/srv/c/x")).isFalse();
        assertThat(matches("/[{}]", "/{")).isTrue();
        assertThat(new Glob("/a\\040b\\377").matches(RawPath.ofBytes(new byte[] {'/', 'a', ' ', 'b', (byte) 0xff})))
                .isTrue();
        assertThat(new Glob("/a?b").matches(RawPath.ofBytes(new byte[] {'/', 'a', (byte) 0xff, 'b'})))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/a{b",
                "/a{b{c}}",
                "/a[",
                "/a[]",
                "/[z-a]",
                "/[/]",
                "/*\\040",
                "/{1,2,3,4,5,6,7,8,9}{1,2,3,4,5,6,7,8}"
            })
    void isNoGlob(String text) {
        assertThatThrownBy(() -> new Glob(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPathMadeForItTakesNoLongTime() {
        Glob glob = new Glob("/a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b");
        RawPath path = RawPath.ofText("/" + "a".repeat(8000));
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(10), () -> assertThat(glob.matches(path)).isFalse());
    }

    @Provide
    Arbitrary<String> patterns() {
        return Arbitraries.of("a", "b", "/", "*", "**", "?", "[ab]", "[!a]", "{a,b/}")
                .list()
                .ofMaxSize(6)
                .map(parts -> "/" + String.join("", parts));
    }

    @Provide
    Arbitrary<String> paths() {
        return Arbitraries.of("a", "b", "/").list().ofMaxSize(6).map(parts -> "/" + String.join("", parts));
    }

    /** But for folders that may be none, and what paths of Java cannot be. */
    @Property(tries = 5000)
    void doesWhatJavaDoes(@ForAll("patterns") String pattern, @ForAll("paths") String path) {
        if (pattern.matches(".*[/}]\\*\\*+/.*") || path.contains("//") || path.length() > 1 && path.endsWith("/")) {
            return;
        }
        boolean expected =
                FileSystems.getDefault().getPathMatcher("glob:" + pattern).matches(Path.of(path));
        assertThat(matches(pattern, path)).as(pattern + " " + path).isEqualTo(expected);
    }
}
