// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Failure;
import fang.ctl.model.Mount;
import fang.ctl.model.MountTable;
import fang.ctl.plan.Mounts;
import fang.ctl.sys.SysException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The mounts of process 1, which are ours, too. */
final class MountView implements Mounts {
    private final Context context;

    /**
     * A view of them.
     *
     * @throws Failure OTHER if this process has other mounts: its paths would mean something else; PERMISSION
     */
    MountView(Context context) throws IOException {
        this.context = context;
        if (!namespace("self").equals(namespace("1"))) {
            throw new Failure(
                    Failure.Kind.OTHER,
                    "\"all\" means the mounts of process 1, and this process is in another mount namespace."
                            + " Try: nsenter --target 1 --mount fangctl");
        }
    }

    private Path namespace(String process) throws IOException {
        Path link = context.environment().proc().resolve(process).resolve("ns/mnt");
        try {
            return Files.readSymbolicLink(link);
        } catch (AccessDeniedException e) {
            throw new Failure(Failure.Kind.PERMISSION, "no permission to read " + link + " (run as root)");
        }
    }

    /** The file that poll tells changes of. */
    static Path table(Context context) {
        return context.environment().proc().resolve("1/mountinfo");
    }

    @Override
    public List<Mount> list() throws IOException {
        return MountTable.parse(Files.readAllBytes(table(context)));
    }

    /** By the mount's number: the device of a file on btrfs is not that of its file system. */
    @Override
    public boolean isVisible(Mount mount) {
        try {
            return context.environment().posix().mountId(mount.point()) == mount.id();
        } catch (SysException e) {
            return false;
        }
    }
}
