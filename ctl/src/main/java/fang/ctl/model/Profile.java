// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.List;
import java.util.Map;

/**
 * What one or more profile files ask for.
 *
 * @param groups in the order of the files, names unique
 * @param positions where each place in the document stands, such as {@code groups.av.mask}
 * @param sources file of each group, by name, absolute; for the group's label
 */
public record Profile(List<GroupSpec> groups, Map<String, Position> positions, Map<GroupName, String> sources) {
    /** Of the language. The reader takes this one and the one before, of which there is none yet. */
    public static final int VERSION = 1;
}
