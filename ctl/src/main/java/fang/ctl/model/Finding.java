// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

/**
 * Something that leaves files unguarded or processes waiting.
 *
 * @param check which check found it, a stable word
 * @param group null if it is about the module
 * @param remedy what to type
 */
public record Finding(String check, GroupName group, String message, String remedy) {}
