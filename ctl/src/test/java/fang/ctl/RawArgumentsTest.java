// SPDX-License-Identifier: Apache-2.0
package fang.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import fang.ctl.model.RawText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RawArgumentsTest {
    @Test
    void theKernelsBytesReplaceTheMarks(@TempDir Path dir) throws IOException {
        Path commandLine = dir.resolve("cmdline");
        byte[] bytes = "java\0-jar\0x\0fastpath\0/a\u00ff\u00fe b\0\0".getBytes(StandardCharsets.ISO_8859_1);
        Files.write(commandLine, bytes);

        String[] args = RawArguments.restore(new String[] {"fastpath", "/a\ufffd\ufffd b", ""}, commandLine);

        assertThat(args).hasSize(3);
        assertThat(RawText.encode(args[1])).isEqualTo(new byte[] {'/', 'a', (byte) 0xff, (byte) 0xfe, ' ', 'b'});
        assertThat(args[2]).isEmpty();
    }

    @Test
    void withoutMarksNothingIsRead() {
        String[] args = {"list"};
        assertThat(RawArguments.restore(args, Path.of("/nonexistent"))).isSameAs(args);
        String[] marked = {"\ufffd"};
        assertThat(RawArguments.restore(marked, Path.of("/nonexistent"))).isSameAs(marked);
    }

    @Test
    void anyBytesComeBack() {
        byte[] all = new byte[512];
        for (int i = 0; i < 512; i++) {
            all[i] = (byte) (i < 256 ? i : 511 - i);
        }
        assertThat(RawText.encode(RawText.decode(all))).isEqualTo(all);
        byte[] mixed = "ä€😀".getBytes(StandardCharsets.UTF_8);
        mixed[2] = (byte) 0xff;
        assertThat(RawText.encode(RawText.decode(mixed))).isEqualTo(mixed);
        // What a careless encoder makes of a surrogate is no UTF-8 either.
        byte[] surrogate = {(byte) 0xed, (byte) 0xb2, (byte) 0x80, '/'};
        assertThat(RawText.encode(RawText.decode(surrogate))).isEqualTo(surrogate);
        assertThat(RawText.decode("ä😀".getBytes(StandardCharsets.UTF_8))).isEqualTo("ä😀");
    }
}
