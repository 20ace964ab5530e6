// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.ArrayList;
import java.util.List;

/**
 * The attributes of a group that a profile sets, in the order in which they are written and shown. Names, bounds and
 * defaults are those of the kernel's Documentation/configfs.rst.
 */
public enum Attribute {
    PRIORITY("priority", new ValueType.Number(0, 4_294_967_295L), "", true),
    MASK("mask", new ValueType.Words("event kind", EventKind.words()), "", false),
    TIMEOUT("timeout_ms", new ValueType.Duration(10, 600_000), "5000", false),
    MAX_EXTENSIONS("max_extensions", new ValueType.Number(0, 1000), "12", false),
    MAX_TIMEOUTS("max_timeouts", new ValueType.Number(0, 1000), "3", false),
    MAX_DELIVERIES("max_deliveries", new ValueType.Number(1, 1000), "2", false),
    ON_TIMEOUT("on_timeout", new ValueType.Word(List.of("allow", "deny")), "allow", false),
    ON_NO_LISTENER("on_no_listener", new ValueType.Word(List.of("allow", "deny", "wait")), "allow", false),
    ON_OVERFLOW("on_overflow", new ValueType.Word(List.of("allow", "deny")), "allow", false),
    ON_CANNOT_WAIT("on_cannot_wait", new ValueType.Word(List.of("allow", "deny")), "allow", false),
    QUEUE_MAX("queue_max", new ValueType.Number(16, 1_048_576), "16384", false),
    QUEUE_BYTES("queue_bytes", new ValueType.Number(65_536, 1_073_741_824), "16777216", false),
    ACCESS_MAX("access_max", new ValueType.Number(1, 1_048_576), "16384", false),
    WRITE_EVENTS("write_events", new ValueType.Word(List.of("all", "coalesced", "state_change")), "all", true),
    REPORT("report", new ValueType.Words("report word", List.of("fd", "path", "comm", "exe", "cgroup")), "path", true),
    FD_MODE("fd_mode", new ValueType.Word(List.of("ro", "rw")), "ro", true),
    PERMISSIVE("permissive", new ValueType.Flag(), "0", false);

    private static final String MILLISECONDS = "_ms";
    private static final List<String> KEYS = allKeys();

    private final String file;
    private final String key;
    private final ValueType type;
    private final String defaultValue;
    private final boolean fixedWhileEnabled;

    Attribute(String file, ValueType type, String defaultValue, boolean fixedWhileEnabled) {
        this.file = file;
        this.key = plain(file);
        this.type = type;
        this.defaultValue = defaultValue;
        this.fixedWhileEnabled = fixedWhileEnabled;
    }

    /** The file below the group in configfs. */
    public String file() {
        return file;
    }

    /** The key in profiles and {@code KEY=VALUE}: the file's name, of which only {@code _ms} drops. */
    public String key() {
        return key;
    }

    private static String plain(String name) {
        return name.endsWith(MILLISECONDS) ? name.substring(0, name.length() - MILLISECONDS.length()) : name;
    }

    public ValueType type() {
        return type;
    }

    /** Canonical; empty if the kernel has none, so that it must be set before the group is enabled. */
    public String defaultValue() {
        return defaultValue;
    }

    /** Whether the kernel says EBUSY while the group is enabled, so that a change leaves a gap. */
    public boolean isFixedWhileEnabled() {
        return fixedWhileEnabled;
    }

    /** People's spelling of a canonical value; unset is {@code unset}, an empty list is {@code none}. */
    public String display(String canonical) {
        if (canonical.isEmpty()) {
            return this == REPORT ? "none" : "unset";
        }
        return type.format(canonical);
    }

    /** Null if no attribute has this key. */
    public static Attribute ofKey(String key) {
        for (Attribute attribute : values()) {
            if (attribute.key().equals(key)) {
                return attribute;
            }
        }
        return null;
    }

    public static List<String> keys() {
        return KEYS;
    }

    private static List<String> allKeys() {
        List<String> keys = new ArrayList<>();
        for (Attribute attribute : values()) {
            keys.add(attribute.key());
        }
        return List.copyOf(keys);
    }

    /** What was probably meant by an unknown key; the names of configfs are a likely slip. */
    public static String hint(String key, List<String> known) {
        String plain = plain(key);
        return plain.equals(key) || !known.contains(plain)
                ? Suggestions.hint(key, known)
                : " (did you mean \"" + plain + "\", which takes a unit, such as 5s?)";
    }
}
