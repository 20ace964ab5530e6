// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.configfs.LoadedModule;
import fang.ctl.model.Failure;
import fang.ctl.model.Group;
import fang.ctl.model.ModuleBuild;
import fang.ctl.model.Printable;
import fang.ctl.model.Problem;
import fang.ctl.plan.ModuleFile;
import fang.ctl.plan.ModuleLoader;
import fang.ctl.plan.ModuleReload;
import fang.ctl.plan.Snapshot;
import fang.ctl.profile.ProfileWriter;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** {@code fangctl reload-module}. */
final class ReloadModule extends Command {
    private static final long NS_PER_MS = 1_000_000;

    ReloadModule() {
        super(
                "reload-module",
                "Puts the installed module in the place of the loaded one, as after an upgrade, with all groups as they are:"
                        + " labels, scopes, rules, exemptions, what is enabled. Counters start at 0 and fastpaths empty, paths"
                        + " are looked up anew. If the new module does not load, or does not take the groups, the old one"
                        + " comes back with them.",
                "fangctl reload-module --dry-run",
                "fangctl reload-module --allow-gap",
                "fangctl reload-module --allow-gap --end-listeners",
                "fangctl reload-module --allow-gap ./fang.ko");
        operand("FILE", "The module to load; what modprobe finds if none is named.", false);
        flag(
                "Allow that enabled groups are out of force meanwhile: their events are missed, nobody is asked, waiting"
                        + " requests are settled by on_no_listener.",
                "--allow-gap");
        flag(
                "End listeners: they read end-of-file, and have to be started again afterwards, as systemd does with"
                        + " fang-serve@ and fang-ship@.",
                "--end-listeners");
        option(
                "FILE",
                "The loaded module's file, to come back to. Default: the installed one or the one that the upgrade kept,"
                        + " whichever it is.",
                "--old");
        flag("Go on though no file of the loaded module is at hand, and so without a way back.", "--force");
        flag("Show what would be done, and what is in the way, and do nothing.", "--dry-run");
        Exclusive.option(this);
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        boolean dry = has(args, "--dry-run");
        ModuleLoader loader = context.environment().moduleLoader();
        context.store();
        var module = new LoadedModule(context.environment().module());
        ModuleBuild loaded = module.build();
        ModuleFile fresh = fresh(operand(args, 0), loader);
        String change =
                "fang " + loaded.text(fresh.build()) + " -> " + fresh.build().text(loaded);
        if (loaded.isKnown() && loaded.equals(fresh.build())) {
            context.println("fang " + loaded.version() + " is loaded already");
            return ExitCode.DONE;
        }
        Runnable checkpoint = dry ? () -> {} : context.uninterrupted();
        Exclusive lock = dry ? null : Exclusive.take(args, context);
        try {
            ModuleFile old = old(option(args, "--old", null), loaded, loader, context);
            List<Group> groups = context.settings();
            refuse(args, groups, loaded, old, context);
            var reload = new ModuleReload(context.store(), loader, module.parameters());
            Snapshot snapshot = reload.snapshot();
            if (dry) {
                context.println("would reload: " + change + "; " + text(snapshot));
                return ExitCode.DONE;
            }
            Path kept = keep(groups, context);
            long start = context.environment().nanoTime();
            boolean listeners = groups.stream().anyMatch(group -> group.listeners() > 0);
            List<String> left = reload(reload, fresh, old, listeners, checkpoint, kept, context);
            long millis = (context.environment().nanoTime() - start) / NS_PER_MS;
            left.forEach(line -> context.note("warning: " + line));
            String gap = snapshot.enabledGroups() == 0 ? "" : ", out of force for " + millis + " ms";
            context.println(change + ": " + text(snapshot) + gap);
            context.environment().log("fangctl: reload-module: " + change + gap);
            return ExitCode.DONE;
        } finally {
            if (lock != null) {
                lock.close();
            }
        }
    }

    private static List<String> reload(
            ModuleReload reload,
            ModuleFile fresh,
            ModuleFile old,
            boolean listeners,
            Runnable checkpoint,
            Path kept,
            Context context)
            throws IOException {
        try {
            List<String> left = reload.run(fresh, old, listeners, checkpoint);
            Files.delete(kept);
            return left;
        } catch (Failure e) {
            context.environment().log("fangctl: reload-module: " + e.getMessage());
            if (e.kind() == Failure.Kind.ROLLED_BACK) {
                Files.delete(kept);
                throw e;
            }
            throw new Failure(
                    e.kind(),
                    e.getMessage() + ". What was is in " + kept + ". Try: modprobe fang; fangctl apply -f " + kept,
                    e.problems());
        }
    }

    private static String text(Snapshot snapshot) {
        int groups = snapshot.groups();
        return groups == 0
                ? "no group"
                : groups + (groups == 1 ? " group, " : " groups, ") + snapshot.enabledGroups() + " enabled";
    }

    /** The module that is to be loaded. */
    private static ModuleFile fresh(String file, ModuleLoader loader) throws IOException {
        Optional<ModuleFile> found = file == null ? loader.installed() : loader.look(file);
        String kernel = System.getProperty("os.version");
        if (found.isEmpty()) {
            throw new Failure(
                    Failure.Kind.MODULE,
                    file == null
                            ? "no module fang is installed for kernel " + kernel + ". Try: dkms autoinstall"
                            : Printable.of(file) + " is no file of the module fang");
        }
        if (!found.get().kernel().equals(kernel)) {
            throw new Failure(
                    Failure.Kind.MODULE,
                    Printable.of(found.get().path()) + " was built for kernel "
                            + Printable.of(found.get().kernel()) + ", this is " + kernel);
        }
        return found.get();
    }

    /** A file of the loaded module; null if there is none. */
    private static ModuleFile old(String named, ModuleBuild loaded, ModuleLoader loader, Context context)
            throws IOException {
        if (named != null) {
            Optional<ModuleFile> file = loader.look(named);
            if (file.isEmpty() || !file.get().build().equals(loaded) || !loaded.isKnown()) {
                throw new Failure(Failure.Kind.REFUSED, Printable.of(named) + " is not the loaded module");
            }
            return file.get();
        }
        List<Optional<ModuleFile>> candidates = new ArrayList<>();
        candidates.add(loader.installed());
        Path kept = context.environment().run().resolve("module");
        if (Files.isDirectory(kept)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(kept, "fang.ko*")) {
                for (Path file : files) {
                    candidates.add(loader.look(file.toString()));
                }
            }
        }
        for (Optional<ModuleFile> candidate : candidates) {
            if (candidate.isPresent()
                    && loaded.isKnown()
                    && candidate.get().build().equals(loaded)) {
                return candidate.get();
            }
        }
        return null;
    }

    /** All that is in the way, not just the first. */
    private static void refuse(
            ParseResult args, List<Group> groups, ModuleBuild loaded, ModuleFile old, Context context) {
        List<Problem> problems = new ArrayList<>();
        if (!has(args, "--allow-gap")) {
            List<String> enabled = new ArrayList<>();
            for (Group group : groups) {
                if (group.enabled()) {
                    enabled.add(group.name().text());
                }
            }
            if (!enabled.isEmpty()) {
                problems.add(problem("out of force meanwhile: " + String.join(", ", enabled)
                        + "; events are missed, nobody is asked. Try: --allow-gap"));
            }
        }
        if (!has(args, "--end-listeners")) {
            Map<String, TreeSet<String>> users = DeviceUsers.find(context);
            for (Group group : groups) {
                TreeSet<String> processes = users.get(group.name().text());
                if (group.listeners() > 0 || processes != null) {
                    problems.add(problem(group.name()
                            + (processes == null
                                    ? " has " + group.listeners() + " listeners"
                                    : " is held by " + String.join(", ", processes))
                            + ". Try: stop what listens first, or --end-listeners"));
                }
            }
        }
        if (old == null && !has(args, "--force")) {
            problems.add(problem("no file of the loaded module (" + Printable.of(loaded.text(loaded))
                    + ") is at hand, so there would be no way back. Try: --old FILE, or --force"));
        }
        if (!problems.isEmpty()) {
            throw new Failure(Failure.Kind.REFUSED, "nothing was changed", problems);
        }
    }

    private static Problem problem(String message) {
        return new Problem(null, "reload-module", null, message);
    }

    /** For the case that all else fails. */
    private static Path keep(List<Group> groups, Context context) throws IOException {
        Path file = context.environment().run().resolve("reload.yaml");
        try {
            Files.createDirectories(file.getParent());
            return Files.writeString(file, ProfileWriter.write(groups));
        } catch (AccessDeniedException e) {
            throw new Failure(Failure.Kind.PERMISSION, "no permission to write " + e.getFile() + " (run as root)");
        }
    }
}
