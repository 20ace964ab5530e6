// SPDX-License-Identifier: Apache-2.0
package fang.ctl.trace;

import fang.ctl.model.Activity;
import fang.ctl.model.RawPath;
import fang.ctl.sys.SysException;
import fang.ctl.sys.TraceStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;

/** Counts who accesses what from records of the module's tracepoint, which is all that it costs anybody. */
public final class ActivityReader implements AutoCloseable {
    /** Programs, and files, that are kept apart in one interval; those that come when there are as many are not. */
    static final int ROWS_MAX = 4096;

    private static final String TRACEPOINT = "events/fang/fang_raised";

    private record Key(String group, String comm) {}

    private static final class Count {
        private int pid;
        private long count;
    }

    private final Path tracing;
    private final LongFunction<TraceStream> streams;
    private final Set<String> groups;
    private final Map<Key, Count> programs = new HashMap<>();
    private final Map<String, Count> files = new HashMap<>();
    private TracepointFormat format;
    private TraceStream stream;
    private String why;
    private long seen;
    private long lost;

    /**
     * Opens nothing yet.
     *
     * @param tracing where tracefs is mounted
     * @param streams opens the tracepoint of a number
     * @param groups empty for all
     */
    public ActivityReader(Path tracing, LongFunction<TraceStream> streams, Set<String> groups) {
        this.tracing = tracing;
        this.streams = streams;
        this.groups = groups;
    }

    /** Whether records come. */
    public boolean isOpen() {
        return stream != null;
    }

    /** Begins; what stands against it is told by {@link #take}. */
    public void open() {
        why = null;
        Path tracepoint = tracing.resolve(TRACEPOINT);
        try {
            format = new TracepointFormat(Files.readAllLines(tracepoint.resolve("format")));
            if (!format.has("path") || !format.has("comm") || !format.has("group")) {
                why = "the loaded module is older than this fangctl and does not tell them";
                return;
            }
            String id = Files.readString(tracepoint.resolve("id")).strip();
            stream = streams.apply(Long.parseLong(id));
        } catch (AccessDeniedException e) {
            why = "shown to root only";
        } catch (SysException e) {
            why = "the kernel does not let this process trace (" + e.call() + ": " + e.errno() + ")";
        } catch (IOException | NumberFormatException e) {
            why = Files.exists(tracing.resolve("events"))
                    ? "the module has no tracepoints here"
                    : "tracefs is not mounted. Try: mount -t tracefs tracefs " + tracing;
        }
    }

    /** Looks at what came since. To be called often: what comes meanwhile has to find room. */
    public void drain() {
        if (stream != null) {
            lost += stream.drain(this::count);
        }
    }

    private void count(int pid, ByteBuffer raw) {
        String group = format.text(raw, "group").latin1();
        if (!groups.isEmpty() && !groups.contains(group)) {
            return;
        }
        seen++;
        add(programs, new Key(group, format.text(raw, "comm").latin1()), pid);
        add(files, format.text(raw, "path").latin1(), 0);
    }

    private static <K> void add(Map<K, Count> counts, K key, int pid) {
        Count count = counts.get(key);
        if (count == null && counts.size() < ROWS_MAX) {
            count = new Count();
            count.pid = pid;
            counts.put(key, count);
        }
        if (count != null) {
            count.count++;
            count.pid = count.pid == pid ? pid : 0;
        }
    }

    /** What was counted, and begins anew. */
    public Activity take(long nanos) {
        drain();
        List<Activity.Program> busyPrograms = new ArrayList<>();
        programs.forEach((key, count) ->
                busyPrograms.add(new Activity.Program(key.group, new RawPath(key.comm), count.pid, count.count)));
        busyPrograms.sort(Comparator.comparingLong(Activity.Program::count)
                .reversed()
                .thenComparing(program -> program.comm().latin1())
                .thenComparing(Activity.Program::group));
        List<Activity.File> busyFiles = new ArrayList<>();
        files.forEach((path, count) -> busyFiles.add(new Activity.File(path(path), count.count)));
        busyFiles.sort(Comparator.comparingLong(Activity.File::count)
                .reversed()
                .thenComparing(file -> file.path().latin1()));
        var activity = new Activity(busyPrograms, busyFiles, seen, lost, nanos, why);
        programs.clear();
        files.clear();
        seen = 0;
        lost = 0;
        return activity;
    }

    private static RawPath path(String escaped) {
        try {
            return RawPath.parse(new RawPath(escaped).bytes());
        } catch (IllegalArgumentException e) {
            // Of another kernel's making.
            return new RawPath(escaped);
        }
    }

    /** Lets go of the module; it may be opened again. */
    @Override
    public void close() {
        if (stream != null) {
            stream.close();
            stream = null;
        }
    }
}
