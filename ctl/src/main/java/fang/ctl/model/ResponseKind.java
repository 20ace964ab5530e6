// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What settles or extends an access request, or deals with a record of writes. */
public enum ResponseKind {
    ALLOW,
    DENY,
    MORE_TIME,
    /** of an outstanding record of writes: later writes of its file are told again */
    CLEAR;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static List<String> words() {
        return Arrays.stream(values()).map(ResponseKind::word).toList();
    }

    /**
     * The response that the word names.
     *
     * @throws IllegalArgumentException with a suggestion
     */
    public static ResponseKind ofWord(String word) {
        return valueOf(new ValueType.Word(words()).parse(word).toUpperCase(Locale.ROOT));
    }
}
