// SPDX-License-Identifier: Apache-2.0
package fang.ctl.serve;

import fang.ctl.abi.RecordCodec;
import fang.ctl.model.Errno;
import fang.ctl.model.Event;
import fang.ctl.model.EventKind;
import fang.ctl.model.RawPath;
import fang.ctl.model.Response;
import fang.ctl.model.ServeSpec;
import fang.ctl.scan.Scanner;
import fang.ctl.scan.ScannerException;
import fang.ctl.scan.Verdict;
import fang.ctl.sys.FileFacts;
import fang.ctl.sys.SysException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Serves a made-up group for a moment: loads and compiles what will be needed, before there is anybody who would wait for
 * it.
 */
public final class Rehearsal {
    private static final int ROUNDS = 200;
    private static final int BATCH = 8;
    private static final long PATIENCE_MS = 2_000;

    private Rehearsal() {}

    /** By these rules, with a scanner that finds something, and fails, now and then. */
    public static void run(Rules rules) {
        Log log = new Log("rehearsal", entry -> Journal.encode(entry));
        var spec = new ServeSpec.Scanner(null, List.of("/"), 2, 1_000, "deny");
        Policy policy = new Policy(rules, new Actor(), spec);
        Stage stage = new Stage();
        try (Server server = new Server(stage, policy, 1_000, () -> 0, log)) {
            server.run();
            server.use(policy);
            server.drain(PATIENCE_MS);
            server.trouble(System.nanoTime());
            server.counters().toString();
        } finally {
            log.close();
        }
    }

    private static final class Stage implements Link {
        private int round;

        @Override
        public List<Event> read(int timeoutMillis) {
            List<Event> events = new ArrayList<>();
            RecordCodec.decode(RecordCodec.example());
            if (round++ == ROUNDS) {
                return events;
            }
            RawPath text = RawPath.ofText("/rehearsal/" + round + ".tmp");
            for (int i = 0; i < BATCH; i++) {
                int kind = i == 0 ? EventKind.OPEN.ordinal() : EventKind.OPEN_ACCESS.ordinal();
                long deadline = i == 1 ? 1 : 0;
                events.add(new Event(
                        round * BATCH + i,
                        1,
                        kind,
                        0,
                        -1,
                        1,
                        1,
                        i,
                        i,
                        1,
                        round + i % 2,
                        0,
                        1,
                        deadline,
                        text,
                        text,
                        text,
                        text));
            }
            return events;
        }

        @Override
        public boolean send(List<Response> batch) {
            return true;
        }

        @Override
        public int open(long id) {
            if (id % 7 == 0) {
                throw new SysException("open", "", Errno.ENOENT.number());
            }
            return 0;
        }

        @Override
        public FileFacts facts(int file) {
            return new FileFacts(0, 0, 1, file);
        }

        @Override
        public long nowNs() {
            return 0;
        }

        @Override
        public void close(int file) {}
    }

    private static final class Actor implements Scanner {
        private int scans;

        @Override
        public Verdict scan(int file, long limitMillis) throws ScannerException {
            scans++;
            if (scans % 100 == 0) {
                throw new ScannerException("rehearsed");
            }
            return scans % 10 == 0 ? new Verdict(false, "rehearsed") : Verdict.CLEAN;
        }

        @Override
        public Optional<String> version() {
            return Optional.empty();
        }

        @Override
        public void close() {}
    }
}
