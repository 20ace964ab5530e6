// SPDX-License-Identifier: Apache-2.0
package fang.ctl.profile;

import fang.ctl.model.Printable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Judges whether somebody else could change what a path leads to. What root applies must be root's alone: the file, the
 * directory that it stands in, and every directory and symbolic link on the way.
 */
public final class FileTrust {
    /** As many as the kernel follows. */
    private static final int LINKS_MAX = 40;

    private static final int TYPE = 0170000;
    private static final int LINK = 0120000;
    private static final int DIRECTORY = 0040000;
    private static final int STICKY = 01000;
    private static final int WRITABLE_BY_OTHERS = 0022;

    private final Set<Integer> owners;

    private FileTrust(Set<Integer> owners) {
        this.owners = owners;
    }

    /** Root's files, and those of the user that this process runs as. */
    public static FileTrust system() {
        try {
            int self = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            return of(0, self);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** These users' files. */
    public static FileTrust of(Integer... owners) {
        return new FileTrust(new HashSet<>(Arrays.asList(owners)));
    }

    /** Everybody's files. */
    public static FileTrust everybody() {
        return new FileTrust(Set.of());
    }

    /** What is wrong with a file, and the remedy; empty if nothing is. */
    Optional<String> judgeFile(Path file) throws IOException {
        return judge(file, false);
    }

    /** As {@link #judgeFile}, of a directory whose files are all read: nobody else may add one. */
    Optional<String> judgeDirectory(Path directory) throws IOException {
        return judge(directory, true);
    }

    private Optional<String> judge(Path path, boolean listed) throws IOException {
        if (owners.isEmpty()) {
            return Optional.empty();
        }
        Deque<Path> rest = new ArrayDeque<>();
        Path at = Path.of("/");
        Attributes attributes = Attributes.of(at);
        Optional<String> wrong = attributes.judge(at, owners, false);
        for (Path name : path.toAbsolutePath()) {
            rest.add(name);
        }
        int links = 0;
        while (wrong.isEmpty() && !rest.isEmpty()) {
            String name = rest.poll().toString();
            if (name.equals("..")) {
                at = at.getParent() == null ? at : at.getParent();
                continue;
            } else if (name.isEmpty() || name.equals(".")) {
                continue;
            }
            Path next = at.resolve(name);
            attributes = Attributes.of(next);
            if (!attributes.isLink()) {
                at = next;
                wrong = attributes.judge(at, owners, listed && rest.isEmpty());
                continue;
            }
            // In a sticky directory anybody may have made it; elsewhere the directory was judged already.
            if (!owners.contains(attributes.owner())) {
                return Optional.of(attributes.belongs(next));
            } else if (++links > LINKS_MAX) {
                throw new FileSystemLoopException(path.toString());
            }
            Path target = Files.readSymbolicLink(next);
            at = target.isAbsolute() ? target.getRoot() : at;
            Deque<Path> names = new ArrayDeque<>();
            target.forEach(names::push);
            names.forEach(rest::push);
        }
        return wrong;
    }

    private record Attributes(int owner, int mode) {
        static Attributes of(Path path) throws IOException {
            Map<String, Object> found = Files.readAttributes(path, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
            return new Attributes((int) found.get("uid"), (int) found.get("mode"));
        }

        boolean isLink() {
            return (mode & TYPE) == LINK;
        }

        /** Who may write to a sticky directory cannot replace what belongs to others there. */
        Optional<String> judge(Path path, Set<Integer> owners, boolean listed) {
            if (!owners.contains(owner)) {
                return Optional.of(belongs(path));
            }
            boolean sticky = (mode & TYPE) == DIRECTORY && (mode & STICKY) != 0 && !listed;
            if ((mode & WRITABLE_BY_OTHERS) == 0 || sticky) {
                return Optional.empty();
            }
            return Optional.of(Printable.of(path.toString())
                    + " is writable by others (mode " + Integer.toOctalString(mode & 07777)
                    + "), who could change what is applied. Try: chmod go-w " + Printable.of(path.toString()));
        }

        /** Somebody's directory, such as a home, shall stay theirs. */
        String belongs(Path path) {
            String remedy = (mode & TYPE) == DIRECTORY
                    ? "a copy of the profile in /etc/fang, or -f - with the profile as standard input"
                    : "chown -h root " + Printable.of(path.toString());
            return Printable.of(path.toString()) + " belongs to uid " + Integer.toUnsignedString(owner)
                    + ", who could change what is applied. Try: " + remedy;
        }
    }
}
