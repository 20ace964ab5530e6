// SPDX-License-Identifier: Apache-2.0
package fang.ctl.plan;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Loads and unloads the module. Exceptions have the system's words. */
public interface ModuleLoader {
    boolean isLoaded();

    /** What modprobe would load; empty if nothing. */
    Optional<ModuleFile> installed() throws IOException;

    /** What this file is; empty if it is no file of our module. */
    Optional<ModuleFile> look(String file) throws IOException;

    /** @param parameters as {@code NAME=VALUE} */
    void load(ModuleFile file, List<String> parameters) throws IOException;

    /** Fails if somebody uses it. */
    void unload() throws IOException;
}
