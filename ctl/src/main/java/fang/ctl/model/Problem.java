// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

/**
 * One thing that is wrong and, where it stands in a profile, its place.
 *
 * @param position where in which file; null if it is not about a profile
 * @param path what it is about: a place in the profile, such as {@code groups.av.mask[1]}, or what was tried, such as
 *     {@code enable idx}; null if the message says so itself
 * @param errno the kernel's errno; null if it was not the kernel that refused
 * @param message what is wrong and what to do about it, without errno's name
 */
public record Problem(Position position, String path, Errno errno, String message) {
    public static Problem of(String message) {
        return new Problem(null, null, null, message);
    }

    public static Problem of(Errno errno, String message) {
        return new Problem(null, null, errno, message);
    }

    /** {@code file:line:column: path: ERRNO: message}, each part only if it is there. */
    @Override
    public String toString() {
        var text = new StringBuilder();
        if (position != null) {
            text.append(position).append(": ");
        }
        if (path != null) {
            text.append(path).append(": ");
        }
        if (errno != null && errno != Errno.UNKNOWN) {
            text.append(errno).append(": ");
        }
        return text.append(message).toString();
    }
}
