// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

/**
 * A decision about one access request, or about one record of writes that is outstanding.
 *
 * @param id the request's or record's, 64 bits without sign, never 0
 * @param fastpath with ALLOW: remember it for this file
 * @param survive with fastpath: across changes of the file, too
 */
public record Response(long id, ResponseKind kind, boolean fastpath, boolean survive) {
    public Response(long id, ResponseKind kind, boolean fastpath) {
        this(id, kind, fastpath, false);
    }

    public Response {
        if (fastpath && kind != ResponseKind.ALLOW) {
            throw new IllegalArgumentException("fastpath goes with allow alone");
        }
        if (survive && !fastpath) {
            throw new IllegalArgumentException("survive goes with fastpath alone");
        }
    }

    /**
     * An id as people write it.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static long parseId(String text) {
        try {
            long id = Long.parseUnsignedLong(text);
            if (id != 0 && text.charAt(0) != '+') {
                return id;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("\"" + Printable.of(text) + "\" is no request id");
    }

    /** What the group's {@code respond} file reads. */
    @Override
    public String toString() {
        return Long.toUnsignedString(id) + " " + kind.word() + (fastpath ? " fastpath" : "");
    }
}
