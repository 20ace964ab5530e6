// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Durations;
import fang.ctl.model.Failure;
import fang.ctl.model.GroupName;
import fang.ctl.model.Printable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A group that is disabled for some time. A small shell in a session of its own sleeps and then enables it, if the file
 * that stands for this pause still says so and the group is still disabled; whoever settles the matter in another way
 * removes the file.
 */
final class Pause {
    private static final long MAX_MS = 24 * 3_600_000L;

    /** Arguments: seconds, the pause's file, its content, the group in configfs, the group's name. */
    private static final String SLEEPER = "sleep \"$1\"; read -r token <\"$2\" && [ \"$token\" = \"$3\" ] || exit 0; "
            + "rm -f \"$2\"; read -r enabled <\"$4/enabled\" && [ \"$enabled\" = 0 ] || exit 0; "
            + "if echo 1 >\"$4/enabled\"; then said='is enabled again'; else said='could not be enabled again'; fi; "
            + "echo \"fangctl: $5 $said\" >/dev/kmsg";

    private Pause() {}

    /**
     * The value of --for in milliseconds.
     *
     * @throws Failure USAGE
     */
    static long length(String text) {
        long millis;
        try {
            millis = Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw Command.usage("--for: " + e.getMessage());
        }
        if (millis < 1 || millis > MAX_MS) {
            throw Command.usage("--for: " + Printable.of(text) + " is out of bounds (1ms to 24h)");
        }
        return millis;
    }

    static boolean exists(GroupName group, Context context) {
        return Files.exists(file(group, context));
    }

    /** Lets the group be enabled after the time; an earlier pause of it no longer counts. */
    static void start(GroupName group, long millis, Context context) throws IOException {
        String token = ProcessHandle.current().pid() + "-" + System.nanoTime();
        Path file = file(group, context);
        Files.createDirectories(file.getParent());
        Files.writeString(file, token + "\n");
        String directory = context.store().root() + "/groups/" + group;
        String seconds = millis % 1000 == 0
                ? Long.toString(millis / 1000)
                : millis / 1000 + "." + String.format("%03d", millis % 1000);
        context.environment()
                .detach(List.of(
                        "sh", "-c", SLEEPER, "fangctl", seconds, file.toString(), token, directory, group.text()));
    }

    static void cancel(GroupName group, Context context) throws IOException {
        Files.deleteIfExists(file(group, context));
    }

    private static Path file(GroupName group, Context context) {
        return context.environment().run().resolve("pause").resolve(group.text());
    }
}
