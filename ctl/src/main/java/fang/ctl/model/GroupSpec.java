// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a group shall be. What is absent is left as it is.
 *
 * @param attributes canonical values
 * @param scopes all that it shall have, no others
 * @param exemptions all that it shall have besides those of processes, no others
 * @param rules all that shall be in force, in their order
 * @param fastpathMax how many entries there may be
 * @param preload files to remember at once: absolute paths or globs
 * @param serve what is not for the kernel
 */
public record GroupSpec(
        GroupName name,
        Map<Attribute, String> attributes,
        Optional<Boolean> enabled,
        Optional<List<Scope>> scopes,
        Optional<List<Condition>> exemptions,
        Optional<List<RuleSpec>> rules,
        Optional<Long> fastpathMax,
        List<String> preload,
        ServeSpec serve) {

    public static final long FASTPATH_MAX_DEFAULT = 1_048_576;
    public static final ValueType FASTPATH_MAX = new ValueType.Number(0, 16_777_216);

    /** Nothing but attributes. */
    public static GroupSpec ofAttributes(GroupName name, Map<Attribute, String> attributes, Optional<Boolean> enabled) {
        return new GroupSpec(
                name,
                attributes,
                enabled,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                ServeSpec.NONE);
    }

    public boolean wantsEnabled() {
        return enabled.orElse(false);
    }
}
