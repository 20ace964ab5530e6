// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The file that stands for a change that waits to be confirmed. Whoever settles the change renames it, so that only one
 * does; to rename is no access that a group could hold up.
 */
final class Tried {
    private final Path waiting;

    Tried(Context context) {
        waiting = context.environment().run().resolve("try");
    }

    /** Only one change is tried at a time; its process holds this as long as it lives. */
    LockFile lock() throws IOException {
        return LockFile.take(waiting.resolveSibling("try.lock"), 0);
    }

    void begin() throws IOException {
        Files.deleteIfExists(refused());
        Files.writeString(waiting, "");
    }

    /** Whether it is this call that settles it; so that it stays, or goes. */
    boolean settle(boolean stays) throws IOException {
        try {
            Path settled = stays ? waiting.resolveSibling("try.confirmed") : refused();
            Files.move(waiting, settled, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    boolean isSettled() {
        return !Files.exists(waiting);
    }

    /** Whether somebody settled it, so that it goes. */
    boolean isRefused() {
        return Files.exists(refused());
    }

    private Path refused() {
        return waiting.resolveSibling("try.refused");
    }
}
