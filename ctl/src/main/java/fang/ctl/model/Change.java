// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

/**
 * One difference between what is and what shall be, in people's spelling.
 *
 * @param path place in the profile, such as {@code groups.av.timeout}
 * @param key last part of the path
 * @param before null if it was not there
 * @param after null if it goes
 * @param gap whether events are missed while it is made
 */
public record Change(String path, String key, String before, String after, boolean gap) {
    @Override
    public String toString() {
        String text;
        if (key.equals("scopes")) {
            text = before == null ? "+ " + after : after == null ? "- " + before : before + " -> " + after;
        } else {
            text = key + " " + (before == null ? "unset" : before) + " -> " + after;
        }
        return gap ? text + " (gap)" : text;
    }
}
