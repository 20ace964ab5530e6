// SPDX-License-Identifier: Apache-2.0
package fang.ctl.plan;

import fang.ctl.configfs.GroupStore;
import fang.ctl.configfs.StoreException;
import fang.ctl.configfs.StoreException.Call;
import fang.ctl.model.Errno;
import fang.ctl.model.RawPath;
import fang.ctl.model.Scope;
import fang.ctl.model.ScopeState;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/** Changes configfs step by step, each read back, and remembers how to undo them. */
final class Journal {
    private final GroupStore store;
    private final Deque<Runnable> undo = new ArrayDeque<>();
    private final List<String> made = new ArrayList<>();

    Journal(GroupStore store) {
        this.store = store;
    }

    boolean isEmpty() {
        return undo.isEmpty();
    }

    void make(String directory) {
        store.make(directory);
        made.add(directory);
        undo.push(() -> store.remove(directory));
    }

    /** Writes a canonical value that is not there yet. */
    void write(String file, String value) {
        byte[] before = store.read(file);
        byte[] after = value.getBytes(StandardCharsets.UTF_8);
        if (Arrays.equals(before, after)) {
            return;
        }
        store.write(file, after);
        // What stands in a directory of our own goes with it, except that enabled ones cannot be removed.
        if (file.endsWith("/enabled") || made.stream().noneMatch(directory -> file.startsWith(directory + "/"))) {
            undo.push(() -> store.write(file, before));
        }
        verify(file, value, store.readText(file));
    }

    void addScope(String group, Scope scope) {
        String directory = group + "/scopes/" + scope.directory();
        for (int i = 2; store.exists(directory); i++) {
            directory = group + "/scopes/" + scope.directory() + "-" + i;
        }
        make(directory);
        define(directory, scope);
        write(directory + "/enabled", "1");
    }

    void removeScope(String group, ScopeState state) {
        String directory = group + "/scopes/" + state.name();
        write(directory + "/enabled", "0");
        store.remove(directory);
        undo.push(() -> {
            store.make(directory);
            state.scope().ifPresent(scope -> define(directory, scope));
        });
    }

    private void define(String directory, Scope scope) {
        store.write(directory + "/type", scope.type().word());
        verify(directory + "/type", scope.type().word(), store.readText(directory + "/type"));
        store.write(directory + "/path", scope.path().escaped());
        RawPath path = RawPath.parse(store.read(directory + "/path"));
        verify(directory + "/path", scope.path().display(), path.display());
    }

    private static void verify(String file, String wanted, String found) {
        if (!found.equals(wanted)) {
            throw new StoreException(
                    Call.READ, file, Errno.UNKNOWN, "\"" + wanted + "\" was written, \"" + found + "\" reads back", "");
        }
    }

    /** Undoes all, newest first, going on past what fails. */
    void rollBack() {
        while (!undo.isEmpty()) {
            try {
                undo.pop().run();
            } catch (StoreException e) {
                // What is left is found by comparing, which also sees what went wrong silently.
            }
        }
    }
}
