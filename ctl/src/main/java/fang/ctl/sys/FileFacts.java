// SPDX-License-Identifier: Apache-2.0
package fang.ctl.sys;

/**
 * What an inode says of its file.
 *
 * @param owner uid
 * @param size bytes
 */
public record FileFacts(long owner, long size) {}
