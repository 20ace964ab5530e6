// SPDX-License-Identifier: Apache-2.0
package fang.ctl.plan;

import fang.ctl.model.Mount;
import java.io.IOException;
import java.util.List;

/** What is mounted. */
public interface Mounts {
    /** The mount table, read anew. */
    List<Mount> list() throws IOException;

    /** Whether its mount point leads to it now, and not to another that was put over it, or nowhere. */
    boolean isVisible(Mount mount);
}
