// SPDX-License-Identifier: Apache-2.0
package fang.ctl.plan;

import fang.ctl.configfs.GroupStore;
import fang.ctl.configfs.StoreException;
import fang.ctl.model.Attribute;
import fang.ctl.model.Errno;
import fang.ctl.model.EventKind;
import fang.ctl.model.Glob;
import fang.ctl.model.GroupName;
import fang.ctl.model.RawPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;

/**
 * Puts files into a group's fastpath ahead of their first use. It opens none of them, and what fails is only told: such
 * a file is asked about when it is used.
 */
public final class Preload {
    /** Hears how far it is; may throw to end it. */
    public interface Progress {
        /**
         * One more file was looked at.
         *
         * @param looked files that were looked at for this group
         * @param added how many of them are remembered
         */
        void at(GroupName group, long looked, long added);
    }

    private final FastpathStore fastpath;
    private final Progress progress;
    private long looked;
    private long added;

    public Preload(GroupStore store, Progress progress) {
        this.fastpath = new FastpathStore(store);
        this.progress = progress;
    }

    /**
     * All patterns of all groups; gives the warnings.
     *
     * @throws CancellationException from the progress: what was not added yet is asked about when it is used
     */
    public List<String> run(Plan plan) {
        List<String> warnings = new ArrayList<>();
        for (GroupPlan group : plan.groups()) {
            if (group.spec().preload().isEmpty()) {
                continue;
            }
            looked = 0;
            added = 0;
            String kinds = String.join(",", EventKind.accessWords(group.after(Attribute.MASK)));
            Map<String, Integer> refused = new LinkedHashMap<>();
            for (String pattern : group.spec().preload()) {
                try {
                    Runnable look = () -> progress.at(group.name(), ++looked, added);
                    expand(pattern, look, path -> add(group, kinds, path, refused));
                } catch (IOException e) {
                    refused.merge(pattern + ": " + e.getMessage(), 1, Integer::sum);
                }
            }
            refused.forEach((why, n) ->
                    warnings.add(group.name() + ": not preloaded: " + why + (n > 1 ? " (" + n + " files)" : "")));
        }
        return warnings;
    }

    private void add(GroupPlan group, String kinds, RawPath path, Map<String, Integer> refused) {
        try {
            fastpath.add(group.name(), kinds, false, path);
            added++;
        } catch (StoreException e) {
            String why = FastpathStore.explain(e.errno(), e.detail());
            refused.merge(e.errno() == Errno.ENOENT ? path.display() + ": " + why : why, 1, Integer::sum);
        }
    }

    /**
     * Regular files that a plain path or a glob names; symbolic links are not followed below the first wildcard.
     *
     * @param look called for each file, whether it matches or not
     */
    static void expand(String pattern, Runnable look, Consumer<RawPath> found) throws IOException {
        int wildcard = Glob.wildcard(pattern);
        if (wildcard == pattern.length()) {
            look.run();
            found.accept(RawPath.parse(pattern));
            return;
        }
        Path start = Path.of(pattern.substring(0, pattern.lastIndexOf('/', wildcard) + 1));
        Glob glob = new Glob(pattern);
        Files.walkFileTree(start, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                look.run();
                if (attributes.isRegularFile()) {
                    RawPath path = rawPath(file);
                    if (glob.matches(path)) {
                        found.accept(path);
                    }
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (file.equals(start)) {
                    throw e;
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** The bytes of a name that may be no text: only its URI keeps them. */
    static RawPath rawPath(Path file) {
        String uri = file.toUri().getRawPath();
        var latin1 = new StringBuilder(uri.length());
        for (int i = 0; i < uri.length(); i++) {
            if (uri.charAt(i) == '%') {
                latin1.append((char) Integer.parseInt(uri, i + 1, i + 3, 16));
                i += 2;
            } else {
                latin1.append(uri.charAt(i));
            }
        }
        return RawPath.ofBytes(latin1.toString().getBytes(StandardCharsets.ISO_8859_1));
    }
}
