// SPDX-License-Identifier: Apache-2.0
package fang.ctl.serve;

import fang.ctl.model.Event;
import fang.ctl.model.RawPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What serving tells, through a thread of its own: a log that waits for the group, or is full, holds up nobody. What is
 * more than anybody reads is counted instead.
 */
public final class Log implements AutoCloseable {
    /** Priorities of syslog. */
    public static final int WARNING = 4;

    public static final int NOTICE = 5;
    public static final int INFO = 6;

    private static final int QUEUE_MAX = 1024;
    /** Denials that are told in one period; the rest is a number. */
    private static final int DENIALS_MAX = 100;

    private static final long PERIOD_NS = 10_000_000_000L;
    private static final long END_MS = 2_000;

    /** One line and what it is about. */
    public record Entry(int priority, String message, Map<String, byte[]> fields) {}

    /** Where lines go; may wait. */
    public interface Sink {
        void write(Entry entry);
    }

    private final String group;
    private final Sink sink;
    private final BlockingQueue<Entry> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
    private final AtomicLong unread = new AtomicLong();
    private final Thread thread = new Thread(this::run, "log");

    // Guarded by this.
    private long periodNs;
    private long denials;
    private long overloads;

    public Log(String group, Sink sink) {
        this.group = group;
        this.sink = sink;
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                sink.write(queue.take());
                long lost = unread.getAndSet(0);
                if (lost > 0) {
                    sink.write(entry(WARNING, lost + " lines were not told", new LinkedHashMap<>()));
                }
            }
        } catch (InterruptedException e) {
            for (Entry entry = queue.poll(); entry != null; entry = queue.poll()) {
                sink.write(entry);
            }
        }
    }

    private Entry entry(int priority, String message, Map<String, byte[]> fields) {
        fields.put("FANG_GROUP", group.getBytes(StandardCharsets.UTF_8));
        return new Entry(priority, message, fields);
    }

    private void add(int priority, String message, Map<String, byte[]> fields) {
        if (!queue.offer(entry(priority, message, fields))) {
            unread.incrementAndGet();
        }
    }

    public void note(String message) {
        add(INFO, message, new LinkedHashMap<>());
    }

    public void problem(String message) {
        add(WARNING, message, new LinkedHashMap<>());
    }

    /** As {@link #problem(String)}, with fields of its own. */
    public void problem(String message, Map<String, byte[]> fields) {
        add(WARNING, message, new LinkedHashMap<>(fields));
    }

    /** Somebody was refused. */
    synchronized void denied(Request request, String reason) {
        turn();
        if (++denials > DENIALS_MAX) {
            return;
        }
        Event event = request.event;
        String rule = request.decision().name();
        Map<String, byte[]> fields = new LinkedHashMap<>();
        field(fields, "FANG_KIND", event.word());
        field(fields, "FANG_PID", Integer.toString(event.tgid()));
        field(fields, "FANG_UID", Integer.toUnsignedString(event.uid()));
        field(fields, "FANG_RULE", rule);
        field(fields, "FANG_REASON", reason);
        String exe = "";
        if (event.exe() != null) {
            fields.put("FANG_EXE", event.exe().bytes());
            exe = event.exe().display();
        } else {
            exe = program(event.tgid());
            field(fields, "FANG_EXE", exe);
        }
        String path = "";
        if (event.path() != null) {
            fields.put("FANG_PATH", event.path().bytes());
            path = " " + event.path().display();
        }
        add(
                NOTICE,
                "denied " + event.word() + " pid=" + event.tgid() + (exe.isEmpty() ? "" : "(" + exe + ")") + " uid="
                        + Integer.toUnsignedString(event.uid()) + " by " + rule
                        + (reason.isEmpty() ? "" : " (" + reason + ")") + path,
                fields);
    }

    /** More wait for the scanner than can be kept. */
    synchronized void overloaded() {
        turn();
        if (overloads++ == 0) {
            problem("too many wait for the scanner: their time-outs decide");
        }
    }

    /** Begins another period if one is over; tells what the last one did not. */
    private void turn() {
        long now = System.nanoTime();
        if (periodNs == 0 || now - periodNs > PERIOD_NS) {
            if (denials > DENIALS_MAX) {
                problem(denials - DENIALS_MAX + " more were denied");
            }
            denials = 0;
            overloads = 0;
            periodNs = now;
        }
    }

    private static void field(Map<String, byte[]> fields, String name, String value) {
        if (!value.isEmpty()) {
            fields.put(name, value.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Empty if it is gone. */
    private static String program(int pid) {
        try {
            Path link = Files.readSymbolicLink(Path.of("/proc", Integer.toString(pid), "exe"));
            return RawPath.ofText(link.toString()).display();
        } catch (IOException | IllegalArgumentException e) {
            return "";
        }
    }

    /** Tells what is left, as long as that does not take long. */
    @Override
    public void close() {
        synchronized (this) {
            periodNs = 0;
            turn();
        }
        thread.interrupt();
        try {
            thread.join(END_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
