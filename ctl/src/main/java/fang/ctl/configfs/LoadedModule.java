// SPDX-License-Identifier: Apache-2.0
package fang.ctl.configfs;

import fang.ctl.model.ModuleBuild;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the loaded module tells of itself in sysfs. */
public final class LoadedModule {
    /** How the kernel shows a text that is not set. */
    private static final String UNSET = "(null)";

    private final Path directory;

    /** @param directory the module's, below /sys/module */
    public LoadedModule(Path directory) {
        this.directory = directory;
    }

    public boolean isThere() {
        return Files.isDirectory(directory);
    }

    public ModuleBuild build() {
        return new ModuleBuild(value("version"), value("srcversion"));
    }

    /** Empty if there is no such parameter. */
    public String parameter(String name) {
        return value("parameters/" + name);
    }

    /** All parameters with their values of now, as insmod takes them. */
    public List<String> parameters() {
        List<String> parameters = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory.resolve("parameters"))) {
            for (Path file : files) {
                String value = parameter(file.getFileName().toString());
                if (!value.equals(UNSET)) {
                    parameters.add(file.getFileName() + "=" + value);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // It has none.
        }
        return parameters;
    }

    private String value(String file) {
        try {
            return Files.readString(directory.resolve(file)).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
