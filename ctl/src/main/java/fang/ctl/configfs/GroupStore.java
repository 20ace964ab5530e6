// SPDX-License-Identifier: Apache-2.0
package fang.ctl.configfs;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Fang's directory in configfs, as files and directories. Paths are relative to it, such as {@code groups/av/mask}. All
 * methods throw {@link StoreException}.
 */
public interface GroupStore {
    /** The directory's own path, for messages. */
    String root();

    /** Whether the module is there. */
    boolean isPresent();

    /** Names of the directories in a directory, sorted. */
    List<String> list(String directory);

    boolean exists(String directory);

    /** Another one for each directory that was made, also if it has the name of one before. */
    String identity(String directory);

    void make(String directory);

    void remove(String directory);

    /** A file's bytes without the trailing newline. */
    byte[] read(String file);

    /** As {@link #read}, for files that hold text. */
    default String readText(String file) {
        return new String(read(file), StandardCharsets.UTF_8);
    }

    /** One write(2) with exactly these bytes. */
    void write(String file, byte[] value);

    /** As {@link #write(String, byte[])}. */
    default void write(String file, String value) {
        write(file, value.getBytes(StandardCharsets.UTF_8));
    }
}
