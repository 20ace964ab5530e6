// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

import java.util.OptionalLong;

/** Knows users by name. */
@FunctionalInterface
public interface Users {
    /** Empty if there is no such user. */
    OptionalLong uid(String name);

    /** The gid of a group of users; empty if there is none of this name. */
    default OptionalLong gid(String name) {
        return OptionalLong.empty();
    }
}
