// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Failure;
import fang.ctl.model.Printable;
import fang.ctl.model.Profile;
import fang.ctl.profile.FileTrust;
import fang.ctl.profile.ProfileLoader;
import fang.ctl.profile.ProfileReader;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * The profiles that {@code -f FILE|DIR|-} names, or those of the drop-in directories.
 *
 * @param sources everything that was named, whether it has groups or not; see {@link ProfileLoader}
 */
record ProfileFiles(Profile profile, Set<String> sources) {
    /**
     * All files as one profile, to be looked at: whoever may change them.
     *
     * @throws Failure OTHER if a file cannot be read, PROFILE if one is wrong
     */
    static Profile look(String[] names, Context context) {
        return load(names, FileTrust.everybody(), context).profile;
    }

    /**
     * All files as one profile, to be applied: files that others could change are wrong, too.
     *
     * @throws Failure as {@link #look}
     */
    static Profile read(String[] names, Context context) {
        return readForChanges(names, context).profile;
    }

    /** As {@link #read}, with what was named. */
    static ProfileFiles readForChanges(String[] names, Context context) {
        return load(names, context.environment().trust(), context);
    }

    /**
     * All files as one profile.
     *
     * @param names may be empty, for the drop-in directories
     */
    static ProfileFiles load(String[] names, FileTrust trust, Context context) {
        ProfileReader reader = new ProfileReader(context.users());
        ProfileLoader loader = new ProfileLoader(reader, trust);
        if (names.length == 0) {
            List<Path> directories = context.environment().profileDirectories();
            load(directories.toString(), directories, loader, context);
        }
        for (String name : names) {
            load(name, null, loader, context);
        }
        return new ProfileFiles(reader.finish(), loader.sources());
    }

    private static List<Path> existing(List<Path> directories) {
        List<Path> there = directories.stream().filter(Files::isDirectory).toList();
        if (there.isEmpty()) {
            throw Command.usage("which profile? Give -f FILE, -f DIR, or -f - for stdin, or put files into "
                    + directories.get(directories.size() - 1));
        }
        return there;
    }

    /** @param dropIns null if only the name counts */
    private static void load(String name, List<Path> dropIns, ProfileLoader loader, Context context) {
        try {
            if (dropIns != null) {
                loader.addDropIns(existing(dropIns));
            } else if (name.equals(ProfileLoader.STDIN)) {
                loader.addStream(context.in());
            } else {
                loader.add(Path.of(name));
            }
        } catch (NoSuchFileException e) {
            throw new Failure(Failure.Kind.OTHER, Printable.of(e.getFile()) + ": no such file or directory");
        } catch (AccessDeniedException e) {
            throw new Failure(Failure.Kind.PERMISSION, "no permission to read " + Printable.of(e.getFile()));
        } catch (InvalidPathException e) {
            throw new Failure(Failure.Kind.OTHER, Printable.of(name) + ": give files of such names to -f - instead");
        } catch (IOException e) {
            throw new Failure(Failure.Kind.OTHER, Printable.of(name + ": cannot be read: " + e.getMessage()));
        }
    }
}
