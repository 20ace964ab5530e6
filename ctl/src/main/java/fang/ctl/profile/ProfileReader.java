// SPDX-License-Identifier: Apache-2.0
package fang.ctl.profile;

import fang.ctl.model.Attribute;
import fang.ctl.model.Failure;
import fang.ctl.model.GroupName;
import fang.ctl.model.GroupSpec;
import fang.ctl.model.Position;
import fang.ctl.model.Printable;
import fang.ctl.model.Problem;
import fang.ctl.model.Profile;
import fang.ctl.model.Suggestions;
import fang.ctl.model.Users;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads profile files into one {@link Profile}. Every error of every file is found before anything is said; then one
 * {@link Failure} of kind PROFILE names them all.
 */
public final class ProfileReader {
    private static final String VERSION = Integer.toString(Profile.VERSION);

    private final List<Problem> problems = new Problems();
    private final YamlTree.Budget budget = new YamlTree.Budget();
    private final Map<String, Position> positions = new HashMap<>();
    private final Map<GroupName, GroupSpec> groups = new LinkedHashMap<>();
    private final Map<GroupName, String> sources = new HashMap<>();
    private final Users users;

    /**
     * A reader of files.
     *
     * @param users for names in rules and exemptions
     */
    public ProfileReader(Users users) {
        this.users = users;
    }

    /**
     * Reads one more file.
     *
     * @param file its name in messages
     * @param source what becomes the label of its groups
     */
    public void add(String file, String source, byte[] bytes) {
        try {
            Optional<YamlNode> root = YamlTree.read(file, bytes, problems, budget);
            if (root.isPresent()) {
                document(root.get(), source);
            }
        } catch (Problems.Enough e) {
            // What was found is told; the rest is not read.
        }
    }

    /** Instead of {@link #add}: what is wrong with a file that is not read. */
    void refuse(String file, String message) {
        try {
            problems.add(new Problem(new Position(file, 1, 1), null, null, message));
        } catch (Problems.Enough e) {
            // As above.
        }
    }

    /**
     * All files together.
     *
     * @throws Failure PROFILE with all problems, in the order of files, lines and columns
     */
    public Profile finish() {
        try {
            refuseSharedPriorities();
        } catch (Problems.Enough e) {
            // As above.
        }
        if (!problems.isEmpty()) {
            List<Problem> sorted = new ArrayList<>(problems);
            List<String> files =
                    sorted.stream().map(p -> p.position().file()).distinct().toList();
            sorted.sort(Comparator.comparingInt(
                            (Problem p) -> files.indexOf(p.position().file()))
                    .thenComparingInt(p -> p.position().line())
                    .thenComparingInt(p -> p.position().column()));
            String count = sorted.size() == Problems.MAX
                    ? Problems.MAX + " errors or more"
                    : sorted.size() + (sorted.size() == 1 ? " error" : " errors");
            throw new Failure(Failure.Kind.PROFILE, count + ", nothing was changed", sorted);
        }
        return new Profile(List.copyOf(groups.values()), positions, sources);
    }

    private void document(YamlNode root, String source) {
        if (!(root instanceof YamlNode.Mapping document)) {
            problem(root, null, "is " + root.what() + "; a profile is a mapping with version and groups");
            return;
        }
        version(document);
        YamlNode all = document.entries().get("groups");
        if (all instanceof YamlNode.Mapping mapping) {
            for (var entry : mapping.entries().entrySet()) {
                group(entry.getKey(), mapping.keys().get(entry.getKey()), entry.getValue(), source);
            }
        } else if (all != null) {
            problem(all, "groups", "is " + all.what() + "; a mapping of names to groups is wanted");
        } else {
            problem(document, null, "groups is missing");
        }
        List<String> known = List.of("version", "groups");
        for (var entry : document.keys().entrySet()) {
            String key = entry.getKey();
            if (!known.contains(key)) {
                String message = "unknown key" + Suggestions.hint(key, known);
                problems.add(new Problem(entry.getValue(), Printable.of(key), null, message));
            }
        }
    }

    private void version(YamlNode.Mapping document) {
        YamlNode version = document.entries().get("version");
        if (version == null) {
            problem(document, null, "version is missing (write version: " + VERSION + ")");
        } else if (!(version instanceof YamlNode.Scalar scalar)
                || !scalar.plain()
                || !scalar.text().equals(VERSION)) {
            problem(version, "version", "this fangctl reads version " + VERSION + later(version));
        }
    }

    private static String later(YamlNode version) {
        boolean number =
                version instanceof YamlNode.Scalar scalar && scalar.text().matches("[1-9][0-9]{0,8}");
        return number ? ", and this is of a later one" : "";
    }

    private void group(String text, Position key, YamlNode node, String source) {
        String path = "groups." + Printable.of(text);
        GroupName name;
        try {
            name = new GroupName(text);
        } catch (IllegalArgumentException e) {
            problems.add(new Problem(key, path, null, e.getMessage()));
            return;
        }
        if (groups.containsKey(name)) {
            problems.add(new Problem(key, path, null, "the group stands at " + positions.get(path) + ", too"));
            return;
        }
        if (!(node instanceof YamlNode.Mapping mapping)) {
            problem(node, path, "is " + node.what() + "; a mapping is wanted");
            return;
        }
        positions.put(path, key);
        sources.put(name, source);
        groups.put(name, new GroupBuilder(name, key, problems, positions, users).build(mapping));
    }

    /** Enabled groups need a priority each; the kernel would say so only after the first of them was enabled. */
    private void refuseSharedPriorities() {
        Map<String, GroupName> holders = new HashMap<>();
        for (GroupSpec group : groups.values()) {
            Optional<String> priority = Optional.ofNullable(group.attributes().get(Attribute.PRIORITY));
            if (priority.isEmpty() || !group.wantsEnabled()) {
                continue;
            }
            GroupName holder = holders.putIfAbsent(priority.get(), group.name());
            if (holder != null) {
                String path = "groups." + group.name() + ".priority";
                String first = "groups." + holder + ".priority";
                problems.add(new Problem(
                        positions.get(path),
                        path,
                        null,
                        priority.get() + " is that of " + holder + ", too (" + positions.get(first) + ")"));
            }
        }
    }

    private void problem(YamlNode node, String path, String message) {
        problems.add(new Problem(node.position(), path, null, message));
    }
}
