// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.configfs.LoadedModule;
import fang.ctl.model.ModuleBuild;
import fang.ctl.model.Printable;
import fang.ctl.plan.ModuleFile;
import fang.ctl.plan.ModuleLoader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The programs of kmod. */
final class KmodPrograms implements ModuleLoader {
    private static final String NAME = "fang";

    /** Loading takes a second on an emulated machine; half a minute means that the kernel is stuck. */
    private static final long LIMIT_S = 30;

    /** Ordinary users have no sbin in their PATH. */
    private static final List<String> DIRECTORIES = List.of("/usr/sbin", "/sbin", "/usr/bin", "/bin");

    private final LoadedModule loaded;

    KmodPrograms(LoadedModule loaded) {
        this.loaded = loaded;
    }

    @Override
    public boolean isLoaded() {
        return loaded.isThere();
    }

    @Override
    public Optional<ModuleFile> installed() throws IOException {
        return modinfo(NAME, true);
    }

    @Override
    public Optional<ModuleFile> look(String file) throws IOException {
        // A word without a slash would be looked for among the installed modules.
        Path path = Path.of(file).toAbsolutePath();
        return Files.isRegularFile(path) ? modinfo(path.toString(), false) : Optional.empty();
    }

    @Override
    public void load(ModuleFile file, List<String> parameters) throws IOException {
        List<String> words = new ArrayList<>();
        words.add(file.installed() ? "modprobe" : "insmod");
        words.add(file.installed() ? NAME : file.path());
        words.addAll(parameters);
        succeed(words);
    }

    @Override
    public void unload() throws IOException {
        succeed(List.of("rmmod", NAME));
    }

    private static Optional<ModuleFile> modinfo(String what, boolean installed) throws IOException {
        Result result = run(List.of("modinfo", what));
        if (result.exit() != 0) {
            return Optional.empty();
        }
        Map<String, String> fields = new HashMap<>();
        for (String line : result.text().split("\n")) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.putIfAbsent(
                        line.substring(0, colon), line.substring(colon + 1).strip());
            }
        }
        if (!NAME.equals(fields.get("name"))) {
            return Optional.empty();
        }
        return Optional.of(new ModuleFile(
                fields.getOrDefault("filename", what),
                new ModuleBuild(fields.getOrDefault("version", ""), fields.getOrDefault("srcversion", "")),
                fields.getOrDefault("vermagic", "").split(" ")[0],
                installed));
    }

    private static void succeed(List<String> words) throws IOException {
        Result result = run(words);
        if (result.exit() != 0) {
            // One line, without the program's name, which it says itself.
            String text = Printable.of(result.text().strip().replace('\n', ' '));
            throw new IOException(text.isEmpty() ? words.get(0) + " ended with " + result.exit() : text);
        }
    }

    private record Result(int exit, String text) {}

    private static Result run(List<String> words) throws IOException {
        List<String> command = new ArrayList<>(words);
        command.set(0, program(words.get(0)));
        Process process = new ProcessBuilder(command)
                .directory(new File("/"))
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .start();
        try {
            // Some lines, which a pipe holds.
            if (!process.waitFor(LIMIT_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(words.get(0) + " did not end within " + LIMIT_S + " s");
            }
            return new Result(
                    process.exitValue(), new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new IOException(words.get(0) + " was interrupted");
        }
    }

    private static String program(String name) throws IOException {
        for (String directory : DIRECTORIES) {
            Path path = Path.of(directory, name);
            if (Files.isExecutable(path)) {
                return path.toString();
            }
        }
        throw new IOException("there is no " + name + ". Try: apt install kmod");
    }
}
