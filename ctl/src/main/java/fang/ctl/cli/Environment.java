// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.configfs.ConfigfsStore;
import fang.ctl.configfs.GroupStore;
import fang.ctl.sys.Posix;
import java.nio.file.Path;

/** The machine that commands work on; tests hand in another. */
public interface Environment {
    GroupStore store();

    /** Called only by commands that use a device: it loads native code. */
    Posix posix();

    /** Where the groups' nodes are. */
    Path devices();

    /** The module's directory in sysfs. */
    Path module();

    /** This machine, with the directories that FANG_CONFIGFS, FANG_DEV and FANG_MODULE name, if set. */
    static Environment system() {
        return new Environment() {
            @Override
            public GroupStore store() {
                return new ConfigfsStore(directory("FANG_CONFIGFS", "/sys/kernel/config/fang"));
            }

            @Override
            public Posix posix() {
                return Posix.system();
            }

            @Override
            public Path devices() {
                return directory("FANG_DEV", "/dev/fang");
            }

            @Override
            public Path module() {
                return directory("FANG_MODULE", "/sys/module/fang");
            }
        };
    }

    private static Path directory(String variable, String otherwise) {
        String value = System.getenv(variable);
        return Path.of(value == null || value.isEmpty() ? otherwise : value);
    }
}
