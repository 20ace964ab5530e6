// SPDX-License-Identifier: Apache-2.0
package fang.ctl.trace;

import fang.ctl.model.RawPath;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the fields of a tracepoint's records are, from its file {@code format}. */
final class TracepointFormat {
    private static final Pattern FIELD =
            Pattern.compile("\\s*field:(.*?)(\\w+)(?:\\[\\w*\\])?;\\s*offset:(\\d+);\\s*size:(\\d+);.*");

    /** Before a field that holds its content's place: length and offset of 16 bits each. */
    private static final String ELSEWHERE = "__data_loc";

    private static final int SHORT_BITS = 16;
    private static final int SHORT_MASK = 0xffff;

    private record Field(int offset, int size, boolean elsewhere) {}

    private final Map<String, Field> fields = new HashMap<>();

    TracepointFormat(List<String> lines) {
        for (String line : lines) {
            Matcher field = FIELD.matcher(line);
            if (field.matches()) {
                fields.put(
                        field.group(2),
                        new Field(
                                Integer.parseInt(field.group(3)),
                                Integer.parseInt(field.group(4)),
                                field.group(1).startsWith(ELSEWHERE)));
            }
        }
    }

    boolean has(String field) {
        return fields.containsKey(field);
    }

    /** A field of text, up to its NUL; empty where the record has no such place. */
    RawPath text(ByteBuffer record, String name) {
        Field field = fields.get(name);
        int offset = field.offset;
        int size = field.size;
        if (field.elsewhere && offset + Integer.BYTES <= record.limit()) {
            int place = record.getInt(offset);
            offset = place & SHORT_MASK;
            size = place >>> SHORT_BITS;
        }
        int end = Math.min(record.limit(), offset + size);
        var text = new StringBuilder();
        for (int i = offset; i < end && record.get(i) != 0; i++) {
            text.append((char) (record.get(i) & 0xff));
        }
        return new RawPath(text.toString());
    }
}
