// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.ParameterException;

class PlainArgumentsTest {
    private static final int TRIES = 400;
    private static final List<String> WORDS = List.of(
            "g", "a=b", "-", "--", "", "json", "-x", "--nothing", "3", "a b", "\"q\"", "x=\"q\"", "-5", "@f", "é");

    static List<String> names() {
        return Commands.NAMES;
    }

    /** Whatever it takes, picocli takes, and to the same end. */
    @ParameterizedTest
    @MethodSource("names")
    void plainArgumentsBindAsPicocliBindsThem(String name) {
        Random random = new Random(name.hashCode());
        int taken = 0;
        for (int i = 0; i < TRIES; i++) {
            CommandModel model = Commands.of(name).orElseThrow().model();
            String[] args = arguments(model, random);
            ParseResult plain = PlainArguments.parse(model, args);
            if (plain != null) {
                taken++;
                try {
                    assertThat(PicocliParser.parse(model, args))
                            .as(String.join("|", args))
                            .hasToString(plain.toString());
                } catch (ParameterException e) {
                    throw new AssertionError(String.join("|", args), e);
                }
            }
        }
        assertThat(taken).isPositive();
    }

    private static String[] arguments(CommandModel model, Random random) {
        List<String> args = new ArrayList<>();
        for (int left = random.nextInt(7); left > 0; left--) {
            CommandModel.Option option =
                    model.options().get(random.nextInt(model.options().size()));
            String spelled = option.names().get(random.nextInt(option.names().size()));
            switch (random.nextInt(6)) {
                case 0 -> args.add(spelled);
                case 1 -> args.add(spelled + (spelled.startsWith("--") ? "=" : "") + word(random));
                case 2 -> {
                    args.add(spelled);
                    args.add(word(random));
                }
                default -> args.add(random.nextBoolean() ? "g" + left : word(random));
            }
        }
        return args.toArray(new String[0]);
    }

    private static String word(Random random) {
        return WORDS.get(random.nextInt(WORDS.size()));
    }
}
