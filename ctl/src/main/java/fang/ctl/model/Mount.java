// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

/**
 * One mount, as a mount table shows it.
 *
 * @param id as statx calls the mount, too
 * @param device of the file system, {@code MAJOR:MINOR}; files on it may show others, as on btrfs
 * @param root which of the file system's directories is mounted, seen from its own root
 * @param point where
 * @param type of the file system, such as {@code ext4}
 */
public record Mount(long id, String device, RawPath root, RawPath point, String type) {
    /** Whether all of the file system can be reached through it. */
    public boolean isWhole() {
        return root.latin1().equals("/");
    }
}
