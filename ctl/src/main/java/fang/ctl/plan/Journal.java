// SPDX-License-Identifier: Apache-2.0
package fang.ctl.plan;

import fang.ctl.configfs.GroupStore;
import fang.ctl.configfs.StoreException;
import fang.ctl.configfs.StoreException.Call;
import fang.ctl.model.Errno;
import fang.ctl.model.ExemptionState;
import fang.ctl.model.Group;
import fang.ctl.model.RawPath;
import fang.ctl.model.RuleState;
import fang.ctl.model.Scope;
import fang.ctl.model.ScopeState;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Changes configfs step by step, each read back, and remembers how to undo them. What an apply that only adds and changes
 * comes by has no lambdas: the first one costs a start as long as ten groups.
 */
final class Journal {
    private record Removal(GroupStore store, String directory) implements Runnable {
        @Override
        public void run() {
            store.remove(directory);
        }
    }

    private record Restoring(GroupStore store, String file, byte[] value) implements Runnable {
        @Override
        public void run() {
            store.write(file, value);
        }
    }

    private final GroupStore store;
    private final Deque<Runnable> undo = new ArrayDeque<>();
    private final Set<String> made = new HashSet<>();

    /** Null for none. */
    private Runnable checkpoint;

    Journal(GroupStore store) {
        this.store = store;
    }

    /** From now on called before each step; what it throws is the step's failure. */
    void checkpoint(Runnable check) {
        checkpoint = check;
    }

    /** For a part that may fail by itself: undone alone, or handed to {@link #adopt}. */
    Journal nested() {
        Journal nested = new Journal(store);
        nested.checkpoint = checkpoint;
        return nested;
    }

    /** From now on the part's steps are undone with the others. */
    void adopt(Journal nested) {
        nested.undo.descendingIterator().forEachRemaining(undo::push);
        made.addAll(nested.made);
        nested.undo.clear();
    }

    boolean isEmpty() {
        return undo.isEmpty();
    }

    private void check() {
        if (checkpoint != null) {
            checkpoint.run();
        }
    }

    void make(String directory) {
        check();
        store.make(directory);
        made.add(directory);
        undo.push(new Removal(store, directory));
    }

    /** Writes a canonical value that is not there yet. */
    void write(String file, String value) {
        check();
        byte[] before = store.read(file);
        byte[] after = value.getBytes(StandardCharsets.UTF_8);
        if (Arrays.equals(before, after)) {
            return;
        }
        store.write(file, after);
        // What stands in a directory of our own goes with it, except that enabled ones cannot be removed.
        if (file.endsWith("/enabled") || !isInMade(file)) {
            undo.push(new Restoring(store, file, before));
        }
        verify(file, value, store.readText(file));
    }

    private boolean isInMade(String file) {
        for (int slash = file.lastIndexOf('/'); slash > 0; slash = file.lastIndexOf('/', slash - 1)) {
            if (made.contains(file.substring(0, slash))) {
                return true;
            }
        }
        return false;
    }

    void addScope(String group, Scope scope) {
        if (scope.isAll()) {
            // A mark for those that make the scopes of its file systems; it is never enabled.
            make(group + "/scopes/" + scope.directory());
            return;
        }
        String directory = group + "/scopes/" + scope.directory();
        for (int i = 2; store.exists(directory); i++) {
            directory = group + "/scopes/" + scope.directory() + "-" + i;
        }
        addItem(directory, Items.of(scope));
    }

    /** Makes a scope, rule or exemption and enables it. */
    void addItem(String directory, Map<String, byte[]> files) {
        make(directory);
        define(directory, files);
        write(directory + "/enabled", "1");
    }

    void removeScope(String group, ScopeState state) {
        removeItem(
                group + "/scopes/" + state.name(),
                state.scope().isPresent() ? Items.of(state.scope().get()) : null);
    }

    void removeExemption(String group, ExemptionState state) {
        removeItem(
                group + "/exemptions/" + state.name(),
                state.condition().isPresent() ? Items.of(state.condition().get()) : null);
    }

    void removeRule(String group, RuleState state) {
        removeItem(
                group + "/rules/" + state.name(),
                state.rule().isPresent() ? Items.of(state.rule().get(), state.set(), state.order()) : null);
    }

    /** Removes a disabled group without items. Undone, it is there as it was, but nobody listens. */
    void removeGroup(String directory, Group group) {
        check();
        store.remove(directory);
        undo.push(() -> {
            store.make(directory);
            group.attributes().forEach((attribute, value) -> {
                if (!value.equals(attribute.defaultValue())) {
                    store.write(directory + "/" + attribute.file(), value);
                }
            });
            store.write(directory + "/label", group.label());
            store.write(
                    directory + "/fastpath/max", Long.toString(group.fastpath().max()));
            store.write(
                    directory + "/rules/active_set", Long.toString(group.rules().active()));
        });
    }

    /** @param files null of what was incomplete */
    private void removeItem(String directory, Map<String, byte[]> files) {
        write(directory + "/enabled", "0");
        check();
        store.remove(directory);
        undo.push(() -> {
            store.make(directory);
            if (files != null) {
                define(directory, files);
            }
        });
    }

    private void define(String directory, Map<String, byte[]> files) {
        for (var file : files.entrySet()) {
            String name = directory + "/" + file.getKey();
            store.write(name, file.getValue());
            RawPath found = RawPath.parse(store.read(name));
            verify(name, RawPath.parse(file.getValue()).display(), found.display());
        }
    }

    private static void verify(String file, String wanted, String found) {
        if (!found.equals(wanted)) {
            throw new StoreException(
                    Call.READ, file, Errno.UNKNOWN, "\"" + wanted + "\" was written, \"" + found + "\" reads back", "");
        }
    }

    /** Undoes all, newest first, going on past what fails. */
    void rollBack() {
        rollBack(Progress.NONE);
    }

    /** The same, with somebody who hears how far it is. */
    void rollBack(Progress progress) {
        checkpoint = null;
        int all = undo.size();
        while (!undo.isEmpty()) {
            progress.at("putting back, steps", all - undo.size(), all);
            try {
                undo.pop().run();
            } catch (StoreException e) {
                // What is left is found by comparing, which also sees what went wrong silently.
            }
        }
    }
}
