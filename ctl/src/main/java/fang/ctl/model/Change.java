// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.Map;

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
    /** Lists, and what stands before one of their items. */
    private static final Map<String, String> ITEMS = Map.of("scopes", "", "exemptions", "exemption ", "rules", "rule ");

    @Override
    public String toString() {
        String item = ITEMS.get(key);
        String text;
        if (item == null) {
            text = key + " " + (before == null ? "unset" : before) + " -> " + after;
        } else if (before == null) {
            text = "+ " + item + after;
        } else {
            text = after == null ? "- " + item + before : item + before + " -> " + item + after;
        }
        return gap ? text + " (gap)" : text;
    }
}
