// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.GroupName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Groups that somebody wants disabled, by name or in a profile: {@code enable --managed} leaves them alone. A file each,
 * gone after a boot, as the groups are.
 */
final class Withheld {
    private Withheld() {}

    static boolean is(GroupName group, Context context) {
        return Files.exists(file(group, context));
    }

    static void mark(GroupName group, Context context) throws IOException {
        Path file = file(group, context);
        Files.createDirectories(file.getParent());
        Files.write(file, new byte[0]);
    }

    static void clear(GroupName group, Context context) throws IOException {
        Files.deleteIfExists(file(group, context));
    }

    private static Path file(GroupName group, Context context) {
        return context.environment().run().resolve("withheld").resolve(group.text());
    }
}
