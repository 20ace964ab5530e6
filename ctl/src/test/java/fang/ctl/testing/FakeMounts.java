// SPDX-License-Identifier: Apache-2.0
package fang.ctl.testing;

import fang.ctl.model.Mount;
import fang.ctl.model.MountTable;
import fang.ctl.plan.Mounts;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A mount table in memory. A later mount hides an earlier one at the same place, and all below it. */
public final class FakeMounts implements Mounts {
    private final List<String> lines = new ArrayList<>();
    private int next = 20;

    /** Mounts all of a file system. */
    public FakeMounts mount(String device, String type, String point) {
        return mount(device, type, "/", point);
    }

    /** Mounts one of its directories. */
    public FakeMounts mount(String device, String type, String root, String point) {
        lines.add(next++ + " 1 " + device + " " + root + " " + point + " rw,relatime shared:1 - " + type + " none rw");
        return this;
    }

    /** Takes the last mount at this place away. */
    public FakeMounts umount(String point) {
        for (int i = lines.size() - 1; i >= 0; i--) {
            if (lines.get(i).split(" ")[4].equals(point)) {
                lines.remove(i);
                return this;
            }
        }
        throw new IllegalArgumentException(point + " is not mounted");
    }

    /** As /proc/1/mountinfo shows it. */
    public byte[] table() {
        return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public List<Mount> list() {
        return MountTable.parse(table());
    }

    @Override
    public boolean isVisible(Mount mount) {
        List<Mount> all = list();
        return all.subList(all.indexOf(mount) + 1, all.size()).stream()
                .map(later -> later.point().latin1())
                .noneMatch(point -> point.equals(mount.point().latin1())
                        || mount.point().latin1().startsWith(point + "/"));
    }
}
