// SPDX-License-Identifier: Apache-2.0
package fang.ctl.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import fang.ctl.model.Failure;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever stands in a file: read, or refused with a place, never an exception of another kind. */
class HostileProfileTest {
    private static final String GOOD = """
            version: 1
            groups:
              av:
                priority: 10
                mask: [open_access, "close_write"]
                timeout: 5s
                scopes: [{subtree: '/srv/a b'}, file: /etc/x]
                fastpath: {max: 10, preload: "/srv/**"}
            """;

    private static Failure read(byte[] bytes) {
        ProfileReader reader = new ProfileReader(name -> OptionalLong.empty());
        return catchThrowableOfType(Failure.class, () -> {
            reader.add("p.yaml", "/p.yaml", bytes);
            reader.finish();
        });
    }

    @Test
    void theGoodOneIsGood() {
        assertThat(read(GOOD.getBytes(StandardCharsets.UTF_8))).isNull();
    }

    @Test
    void anyDamageIsReadOrNamedWithItsPlace() {
        Random random = new Random(7);
        byte[] good = GOOD.getBytes(StandardCharsets.UTF_8);
        byte[] alphabet = "\n\t {}[]:,-&*!|>'\"%@`#?\\\0\u001b\u00ff01yz".getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = good.clone();
            for (int n = random.nextInt(4); n >= 0; n--) {
                bytes[random.nextInt(bytes.length)] = alphabet[random.nextInt(alphabet.length)];
            }
            Failure failure = read(bytes);
            if (failure != null) {
                assertThat(failure.kind()).isEqualTo(Failure.Kind.PROFILE);
                assertThat(failure.problems()).isNotEmpty().allSatisfy(problem -> {
                    assertThat(problem.position().line()).isPositive();
                    assertThat(problem.toString().chars()).noneMatch(Character::isISOControl);
                });
            }
        }
    }

    @Test
    void sizeAndDepthAreBounded() {
        assertThat(read(new byte[YamlTree.BYTES_MAX + 1]).getMessage()).contains("1 error");
        byte[] deep = ("version: 1\ngroups: " + "{a: ".repeat(100_000)).getBytes(StandardCharsets.UTF_8);
        assertThat(read(deep).problems().toString()).contains("nested more than");
        String bomb = "a: &a [x,x]\nb: &b [*a,*a]\nversion: 1\ngroups: {}\n";
        assertThat(read(bomb.getBytes(StandardCharsets.UTF_8)).problems().toString())
                .contains("aliases");
    }
}
