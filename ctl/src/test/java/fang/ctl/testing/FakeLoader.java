// SPDX-License-Identifier: Apache-2.0
package fang.ctl.testing;

import fang.ctl.model.ModuleBuild;
import fang.ctl.plan.ModuleFile;
import fang.ctl.plan.ModuleLoader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Files of the module by their names, one of which is loaded into a {@link FakeKernel}. */
public final class FakeLoader implements ModuleLoader {
    /** Where modprobe looks. */
    public static final String INSTALLED = "/lib/modules/fang.ko";

    private final Map<String, ModuleFile> files = new TreeMap<>();
    private final Set<String> broken = new HashSet<>();
    private final List<String> log = new ArrayList<>();
    private final FakeKernel kernel;
    private final Path sysfs;
    private boolean loaded;
    private boolean busy;
    private Runnable loading = () -> {};

    FakeLoader(FakeKernel kernel, Path sysfs) {
        this.kernel = kernel;
        this.sysfs = sysfs;
    }

    /** There is this file, for the running kernel. */
    public void file(String path, String version, String srcversion) {
        file(path, version, srcversion, System.getProperty("os.version"));
    }

    public void file(String path, String version, String srcversion, String release) {
        files.put(path, new ModuleFile(path, new ModuleBuild(version, srcversion), release, path.equals(INSTALLED)));
    }

    /** It cannot be loaded. */
    public void breaks(String path) {
        broken.add(path);
    }

    /** Somebody uses the module for ever. */
    public void isBusy() {
        busy = true;
    }

    /** What happens whenever a module was loaded. */
    public void onLoad(Runnable action) {
        loading = action;
    }

    /** What was loaded and unloaded, with parameters. */
    public List<String> log() {
        return log;
    }

    public Path sysfs() {
        return sysfs;
    }

    /** The kernel has it already. */
    public void isLoaded(String path) {
        try {
            Files.createDirectories(sysfs.resolve("parameters"));
            Files.writeString(sysfs.resolve("version"), files.get(path).build().version() + "\n");
            Files.writeString(
                    sysfs.resolve("srcversion"), files.get(path).build().srcversion() + "\n");
            Files.writeString(sysfs.resolve("parameters/enforce"), "Y\n");
            loaded = true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean isLoaded() {
        return loaded;
    }

    @Override
    public Optional<ModuleFile> installed() {
        return look(INSTALLED);
    }

    @Override
    public Optional<ModuleFile> look(String file) {
        // Those that are kept lie in a directory of the test's.
        return files.values().stream()
                .filter(known -> file.endsWith(known.path()))
                .findFirst();
    }

    @Override
    public void load(ModuleFile file, List<String> parameters) throws IOException {
        if (loaded) {
            throw new IOException("insmod: File exists");
        }
        if (broken.contains(file.path())) {
            throw new IOException("insmod: Invalid module format");
        }
        log.add("load " + file.path() + " " + String.join(" ", parameters));
        kernel.load();
        isLoaded(file.path());
        loading.run();
    }

    @Override
    public void unload() throws IOException {
        if (busy || !kernel.list("groups").isEmpty()) {
            throw new IOException("rmmod: Module fang is in use");
        }
        log.add("unload");
        kernel.unload();
        loaded = false;
    }
}
