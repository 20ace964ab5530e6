// SPDX-License-Identifier: Apache-2.0
package fang.ctl.serve;

import static org.assertj.core.api.Assertions.assertThat;

import fang.ctl.model.GroupSpec;
import fang.ctl.model.ServeSpec;
import fang.ctl.profile.ProfileReader;
import fang.ctl.scan.Scanner;
import fang.ctl.scan.ScannerException;
import fang.ctl.scan.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;

/** A server on a device and with a scanner in memory. */
abstract class ServingTest {
    static final String SCANNER = "    scanner: {clamd: /x, workers: 2, on_error: deny}\n";
    private static final long HOUR_NS = 3_600_000_000_000L;

    final FakeLink link = new FakeLink();
    final FakeScanner scanner = new FakeScanner();
    final List<String> told = new CopyOnWriteArrayList<>();
    final Log log = new Log("av", entry -> told.add(entry.message()));
    /** The group's, milliseconds. */
    volatile long timeout = 10_000;

    Server server;
    Thread thread;

    static final class FakeScanner implements Scanner {
        private final Semaphore begun = new Semaphore(0);
        final Semaphore may = new Semaphore(0);
        volatile Verdict verdict = Verdict.CLEAN;
        volatile String failure;
        volatile Error error;

        void awaitBegun(int scans) {
            FakeLink.until(() -> begun.tryAcquire(scans));
        }

        @Override
        public Verdict scan(int file, long limitMillis) throws ScannerException, InterruptedException {
            begun.release();
            may.acquire();
            if (error != null) {
                throw error;
            }
            if (failure != null) {
                throw new ScannerException(failure);
            }
            return verdict;
        }

        @Override
        public Optional<String> version() {
            return Optional.empty();
        }

        @Override
        public void close() {}
    }

    static GroupSpec group(String rest) {
        String text = "version: 1\ngroups:\n  av:\n    priority: 1\n    mask: open_access\n"
                + "    scopes: {subtree: /nonexistent}\n" + rest;
        var reader = new ProfileReader(name -> OptionalLong.empty());
        reader.add("p.yaml", "/p.yaml", text.getBytes(StandardCharsets.UTF_8));
        return reader.finish().groups().get(0);
    }

    Policy policy(String rest) {
        GroupSpec group = group(rest);
        Optional<ServeSpec.Scanner> spec = group.serve().scanner();
        return new Policy(Rules.of(group), spec.isPresent() ? scanner : null, spec.orElse(null));
    }

    void serve(String rest) {
        server = new Server(link, policy(rest), () -> timeout, log);
        thread = new Thread(server::run);
        thread.start();
    }

    static long soon() {
        return System.nanoTime() + HOUR_NS;
    }

    @AfterEach
    void end() throws InterruptedException {
        link.end();
        thread.join();
        scanner.may.release(1000);
        assertThat(server.drain(10_000)).isTrue();
        assertThat(link.files()).as("open descriptors").isZero();
        server.close();
        log.close();
    }
}
