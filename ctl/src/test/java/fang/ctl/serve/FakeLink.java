// SPDX-License-Identifier: Apache-2.0
package fang.ctl.serve;

import fang.ctl.model.Errno;
import fang.ctl.model.Event;
import fang.ctl.model.EventKind;
import fang.ctl.model.RawPath;
import fang.ctl.model.Response;
import fang.ctl.model.ResponseKind;
import fang.ctl.sys.FileFacts;
import fang.ctl.sys.SysException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A group's device in memory, which knows which requests are open. */
final class FakeLink implements Link {
    private static final int LIMIT_S = 30;

    private final BlockingQueue<List<Event>> reads = new LinkedBlockingQueue<>();
    private final Set<Long> open = ConcurrentHashMap.newKeySet();
    private final Map<Long, Response> settled = new HashMap<>();
    private final List<Long> extended = new ArrayList<>();
    /** By request, and by descriptor. */
    private final Map<Long, Long> inos = new ConcurrentHashMap<>();

    private final Map<Integer, Long> opened = new ConcurrentHashMap<>();
    private volatile FileFacts facts = new FileFacts(0, 0, 1, 0);
    /** Inodes, as long as they are not changed. */
    private final Set<Long> remembered = ConcurrentHashMap.newKeySet();

    private boolean remembering = true;
    private int files;
    private boolean extendable = true;

    /** An open of a file by inode and path. */
    static Event open(long id, long ino, String path, long deadlineNs) {
        return new Event(
                id,
                0,
                EventKind.OPEN_ACCESS.ordinal(),
                0,
                -1,
                812,
                812,
                1000,
                1000,
                1,
                ino,
                0,
                1,
                deadlineNs,
                RawPath.ofText(path),
                null,
                null,
                null);
    }

    void ask(Event... events) {
        for (Event event : events) {
            inos.put(event.id(), event.ino());
            open.add(event.id());
        }
        reads.add(List.of(events));
    }

    void end() {
        reads.add(List.of());
    }

    void gone(long id) {
        open.remove(id);
    }

    void facts(long owner, long size) {
        facts = new FileFacts(owner, size, facts.dev(), 0);
    }

    /** As on a file system whose devices have inode numbers of their own: none is the one that events tell. */
    void otherDevice() {
        facts = new FileFacts(facts.owner(), facts.size(), 2, 0);
        remembersNothing();
    }

    /** All files were changed: none is remembered any more. */
    void changed() {
        remembered.clear();
    }

    /** Nothing is remembered from now on, as on some file systems. */
    synchronized void remembersNothing() {
        remembering = false;
    }

    void noMoreTime() {
        extendable = false;
    }

    /** Waits for a response to it. */
    String response(long id) {
        until(() -> settled(id) != null);
        return settled(id).toString();
    }

    synchronized Response settled(long id) {
        return settled.get(id);
    }

    synchronized int extended() {
        return extended.size();
    }

    synchronized int files() {
        return files;
    }

    static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_S);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited " + LIMIT_S + " s");
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public List<Event> read(int timeoutMillis) {
        try {
            return reads.poll(timeoutMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return null;
        }
    }

    @Override
    public synchronized boolean send(List<Response> batch) {
        boolean taken = false;
        for (Response response : batch) {
            if (!open.contains(response.id())) {
                continue;
            }
            if (response.kind() == ResponseKind.MORE_TIME) {
                extended.add(response.id());
                taken |= extendable;
                continue;
            }
            settle(response);
            if (response.fastpath() && remembering) {
                remembered.add(inos.get(response.id()));
            }
            taken = true;
        }
        return taken;
    }

    private void settle(Response response) {
        open.remove(response.id());
        settled.put(response.id(), response);
    }

    @Override
    public synchronized int open(long id) {
        if (open.contains(id) && remembered.contains(inos.get(id))) {
            settle(new Response(id, ResponseKind.ALLOW, false));
        }
        if (!open.contains(id)) {
            throw new SysException("open", "", Errno.ENOENT.number());
        }
        files++;
        int file = 100 + opened.size();
        opened.put(file, inos.get(id));
        return file;
    }

    @Override
    public FileFacts facts(int file) {
        return new FileFacts(facts.owner(), facts.size(), facts.dev(), opened.get(file));
    }

    @Override
    public synchronized void close(int file) {
        files--;
    }
}
