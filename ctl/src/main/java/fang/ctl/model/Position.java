// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

/**
 * A place in a profile.
 *
 * @param file as it was named on the command line
 * @param line from 1
 * @param column from 1, in characters
 */
public record Position(String file, int line, int column) {
    @Override
    public String toString() {
        return file + ":" + line + ":" + column;
    }
}
