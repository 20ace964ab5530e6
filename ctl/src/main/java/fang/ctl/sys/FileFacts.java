// SPDX-License-Identifier: Apache-2.0
package fang.ctl.sys;

/**
 * What an inode says of its file.
 *
 * @param owner uid
 * @param size bytes
 * @param dev as stat tells it, in the form that events have
 * @param ino with dev, which file it is
 */
public record FileFacts(long owner, long size, long dev, long ino) {}
