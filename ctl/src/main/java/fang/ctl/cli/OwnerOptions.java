// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.GroupName;
import fang.ctl.model.Printable;
import fang.ctl.plan.Ownership;
import fang.ctl.profile.ProfileLoader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The options that say whose groups are.
 *
 * @param warnings about what is not pruned
 */
record OwnerOptions(Ownership ownership, List<String> warnings) {
    private static final int LABEL_BYTES_MAX = 255;

    static void add(Command command) {
        command.option("LABEL", "Whose groups these are. Default: the file or directory that -f names.", "--owner");
        command.flag("Take groups that have another label.", "--adopt");
        command.flag("Remove groups that have this label and stand in no profile.", "--prune");
        command.flag("Let --prune remove all groups of a profile or directory that has none.", "--allow-empty");
    }

    /** What the options and the profiles' sources say. */
    static OwnerOptions of(ParseResult args, ProfileFiles files) {
        String owner = Command.option(args, "--owner", null);
        Map<GroupName, String> labels = new HashMap<>(files.profile().sources());
        Set<String> owners = new HashSet<>(files.sources());
        Set<String> present = new HashSet<>(labels.values());
        if (owner != null) {
            check(owner);
            labels.replaceAll((name, label) -> owner);
            owners = Set.of(owner);
            present = labels.isEmpty() ? Set.of() : owners;
        }
        List<String> warnings = new ArrayList<>();
        Set<String> prune = new HashSet<>();
        if (Command.has(args, "--prune")) {
            if (owners.contains(ProfileLoader.STDIN) && owner == null) {
                throw Command.usage(
                        "--prune: standard input has no name that groups could be known by. Try: --owner=LABEL");
            }
            for (String label : owners) {
                if (present.contains(label) || Command.has(args, "--allow-empty")) {
                    prune.add(label);
                } else {
                    warnings.add(Printable.of(label) + ": no group there, so none is removed. Try: --allow-empty");
                }
            }
        }
        return new OwnerOptions(new Ownership(labels, Command.has(args, "--adopt"), prune, true), warnings);
    }

    private static void check(String owner) {
        // Bytes that are no text come as lone surrogates.
        boolean odd = owner.codePoints()
                .anyMatch(point -> Character.isISOControl(point) || Character.getType(point) == Character.SURROGATE);
        if (owner.isBlank() || odd || owner.getBytes(StandardCharsets.UTF_8).length > LABEL_BYTES_MAX) {
            throw Command.usage("--owner: at most " + LABEL_BYTES_MAX + " bytes of UTF-8, and no control characters");
        }
    }
}
