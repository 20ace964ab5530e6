// SPDX-License-Identifier: Apache-2.0
package fang.ctl.abi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The C compiler's listing of the header is the only truth about the ABI; the module's tests read the same file. */
class AbiGoldenTest {
    private static final Path GOLDEN = Path.of("../kernel/tests/abi.golden");
    private static final Map<String, Long> golden = new HashMap<>();

    @BeforeAll
    static void read() throws IOException {
        for (String line : Files.readAllLines(GOLDEN)) {
            int blank = line.lastIndexOf(' ');
            golden.put(line.substring(0, blank), Long.decode(line.substring(blank + 1)));
        }
    }

    @Test
    void everyConstantIsTheHeaders() throws IllegalAccessException {
        for (Field field : Abi.class.getDeclaredFields()) {
            assertThat(((Number) field.get(null)).longValue())
                    .as(field.getName())
                    .isEqualTo(golden.get(field.getName()));
        }
    }

    @Test
    void recordLayout() {
        String record = "struct fang_record";
        layout(
                record,
                RecordCodec.SIZE,
                Map.ofEntries(
                        Map.entry("length", RecordCodec.LENGTH),
                        Map.entry("head_length", RecordCodec.HEAD_LENGTH),
                        Map.entry("flags", RecordCodec.FLAGS),
                        Map.entry("id", RecordCodec.ID),
                        Map.entry("time_ns", RecordCodec.TIME_NS),
                        Map.entry("kind", RecordCodec.KIND),
                        Map.entry("fd", RecordCodec.FD),
                        Map.entry("pid", RecordCodec.PID),
                        Map.entry("tgid", RecordCodec.TGID),
                        Map.entry("uid", RecordCodec.UID),
                        Map.entry("gid", RecordCodec.GID),
                        Map.entry("dev", RecordCodec.DEV),
                        Map.entry("ino", RecordCodec.INO),
                        Map.entry("open_flags", RecordCodec.OPEN_FLAGS),
                        Map.entry("count", RecordCodec.COUNT),
                        Map.entry("deadline_ns", RecordCodec.DEADLINE_NS)));
    }

    @Test
    void additionLayout() {
        layout(
                "struct fang_addition",
                RecordCodec.ADDITION_SIZE,
                Map.of("type", RecordCodec.ADDITION_TYPE, "length", RecordCodec.ADDITION_LENGTH));
    }

    @Test
    void responseLayout() {
        layout(
                "struct fang_response",
                ResponseCodec.SIZE,
                Map.of(
                        "id", ResponseCodec.ID,
                        "response", ResponseCodec.RESPONSE,
                        "flags", ResponseCodec.FLAGS,
                        "kinds", ResponseCodec.KINDS));
    }

    @Test
    void exemptLayout() {
        layout(
                "struct fang_exempt",
                ExemptCodec.SIZE,
                Map.of("size", ExemptCodec.SIZE_FIELD, "flags", ExemptCodec.FLAGS, "pid", ExemptCodec.PID));
    }

    @Test
    void openLayout() {
        layout("struct fang_open", OpenCodec.SIZE, Map.of("size", OpenCodec.SIZE_FIELD, "id", OpenCodec.ID));
    }

    @Test
    void abiLayout() {
        layout("struct fang_abi", AbiRange.SIZE, Map.of("min", AbiRange.MIN, "max", AbiRange.MAX));
    }

    private static void layout(String struct, int size, Map<String, Integer> offsets) {
        assertThat((long) size).as(struct).isEqualTo(golden.get("sizeof(" + struct + ")"));
        offsets.forEach((field, offset) -> assertThat((long) offset)
                .as(struct + "." + field)
                .isEqualTo(golden.get("offsetof(" + struct + ", " + field + ")")));
    }
}
