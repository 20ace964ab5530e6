// SPDX-License-Identifier: Apache-2.0
package fang.ctl.serve;

import fang.ctl.model.Response;
import fang.ctl.model.ResponseKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The files that wait for a worker or are with one, each once. May be used from any thread. */
final class Jobs {
    /** As many requests as a group has open by default: beyond it, their time-outs decide. */
    static final int REQUESTS_MAX = 16_384;

    private final Map<Job.Key, Job> jobs = new HashMap<>();
    private int requests;

    /** What became of a request that was put here. */
    enum Put {
        /** a worker has to be told of its job */
        NEW,
        JOINED,
        FULL
    }

    /** The job of a file, or none. */
    synchronized Job of(Request request) {
        return jobs.get(key(request));
    }

    synchronized Put put(Request request) {
        if (requests >= REQUESTS_MAX) {
            return Put.FULL;
        }
        requests++;
        Job job = jobs.get(key(request));
        if (job != null) {
            (job.begunNs == 0 ? job.waiting : job.late).add(request);
            return Put.JOINED;
        }
        job = new Job(key(request));
        job.waiting.add(request);
        jobs.put(job.key, job);
        return Put.NEW;
    }

    private static Job.Key key(Request request) {
        return new Job.Key(request.event.dev(), request.event.ino());
    }

    /** From now on it is looked at: all who wait have come before. */
    synchronized List<Request> begin(Job job, long nowNs) {
        job.begunNs = nowNs;
        job.waiting.addAll(job.late);
        job.late.clear();
        return new ArrayList<>(job.waiting);
    }

    synchronized void settled(Job job, Collection<Request> those) {
        int before = job.waiting.size();
        job.waiting.removeAll(those);
        requests -= before - job.waiting.size();
    }

    /** It was looked at. Whether it has to be again, for those who are left. */
    synchronized boolean end(Job job) {
        job.begunNs = 0;
        job.waiting.addAll(job.late);
        job.late.clear();
        if (job.waiting.isEmpty()) {
            jobs.remove(job.key);
            return false;
        }
        return true;
    }

    synchronized int size() {
        return jobs.size();
    }

    /** When the one was begun that is looked at longest; 0 if none is. */
    synchronized long oldestNs() {
        long oldest = 0;
        for (Job job : jobs.values()) {
            if (job.begunNs != 0 && (oldest == 0 || job.begunNs - oldest < 0)) {
                oldest = job.begunNs;
            }
        }
        return oldest;
    }

    /** Requests of files that are with a worker, whose time is half over. */
    synchronized List<Request> shortOfTime(long nowNs, long timeoutNs) {
        List<Request> all = new ArrayList<>();
        for (Job job : jobs.values()) {
            if (job.begunNs != 0) {
                for (List<Request> part : List.of(job.waiting, job.late)) {
                    for (Request request : part) {
                        if (request.isShort(nowNs, timeoutNs)) {
                            all.add(request);
                        }
                    }
                }
            }
        }
        return all;
    }

    static List<Response> all(Collection<Request> requests, ResponseKind kind) {
        List<Response> responses = new ArrayList<>(requests.size());
        for (Request request : requests) {
            responses.add(request.respond(kind));
        }
        return responses;
    }
}
