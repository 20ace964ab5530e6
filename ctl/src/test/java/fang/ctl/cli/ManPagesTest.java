// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The pages that are checked in are those of the commands as they are; {@code -Dgolden.update=true} writes them. */
class ManPagesTest {
    private static final Path PAGES = Path.of("../man");

    static List<String> names() {
        return Commands.NAMES;
    }

    @ParameterizedTest
    @MethodSource("names")
    void thePageSaysWhatHelpSays(String name) throws IOException {
        CommandModel model = Commands.of(name).orElseThrow().model();
        Path file = PAGES.resolve(ManPage.name(name) + ".8");
        String page = ManPage.of(model, date());
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(file, page);
        }
        assertThat(file).content().isEqualTo(page);
    }

    @Test
    void noPageIsLeftOver() throws IOException {
        List<String> wanted = new ArrayList<>();
        names().forEach(name -> wanted.add(ManPage.name(name) + ".8"));
        try (var files = Files.newDirectoryStream(PAGES, "fangctl-*")) {
            files.forEach(file -> assertThat(wanted).contains(file.getFileName().toString()));
        }
    }

    @Test
    void theOverviewNamesEveryCommand() throws IOException {
        String overview = Files.readString(PAGES.resolve("fangctl.8"));
        for (String name : names()) {
            assertThat(overview).contains(".Cm " + name);
        }
    }

    /** That of the overview, so that pages change with the commands alone. */
    private static String date() throws IOException {
        for (String line : Files.readAllLines(PAGES.resolve("fangctl.8"))) {
            if (line.startsWith(".Dd ")) {
                return line.substring(4);
            }
        }
        throw new IOException("no date");
    }
}
