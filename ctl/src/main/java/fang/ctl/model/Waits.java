// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

/**
 * How many settled requests had waited for about as long.
 *
 * @param limitUs they waited for less than this, and not for less than half of it
 * @param count unsigned
 */
public record Waits(long limitUs, long count) {}
