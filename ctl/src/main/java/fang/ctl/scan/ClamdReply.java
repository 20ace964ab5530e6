// SPDX-License-Identifier: Apache-2.0
package fang.ctl.scan;

import fang.ctl.model.Printable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What clamd says of a file.
 *
 * @param kind OK, FOUND or ERROR
 * @param detail what was found, or what went wrong
 */
record ClamdReply(Kind kind, String detail) {
    enum Kind {
        OK,
        FOUND,
        ERROR
    }

    /** Of an OK nothing but these words; before an ERROR clamd does not always name the file. */
    private static final Pattern SCAN = Pattern.compile(
            "(?:fd\\[[0-9]+\\]|stream): (?:(OK)|(.+) FOUND)|(?:(?:fd\\[[0-9]+\\]|stream): )?(.+?)\\.? ERROR");

    /** What clamd says where descriptors do not arrive: it is behind a relay, or not allowed to have this file. */
    private static final String NO_DESCRIPTOR = "No file descriptor received";

    static ClamdReply parse(String line) throws ScannerException {
        Matcher matcher = SCAN.matcher(line);
        if (!matcher.matches()) {
            throw new ScannerException("clamd: unexpected reply \"" + Printable.of(line) + "\"");
        }
        if (matcher.group(1) != null) {
            return new ClamdReply(Kind.OK, "");
        }
        return matcher.group(2) != null
                ? new ClamdReply(Kind.FOUND, Printable.of(matcher.group(2)))
                : new ClamdReply(Kind.ERROR, Printable.of(matcher.group(3)));
    }

    boolean isWithoutDescriptor() {
        return kind == Kind.ERROR && detail.equals(NO_DESCRIPTOR);
    }
}
