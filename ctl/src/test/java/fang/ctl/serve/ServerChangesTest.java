// SPDX-License-Identifier: Apache-2.0
package fang.ctl.serve;

import static org.assertj.core.api.Assertions.assertThat;

import fang.ctl.scan.Verdict;
import org.junit.jupiter.api.Test;

/** Requests whose answer is not so for others, or changes while they wait. */
class ServerChangesTest extends ServingTest {
    @Test
    void nothingIsRememberedThatMayBeDeniedToOthers() {
        serve("    rules:\n      - {uid: 5, path: /nonexistent/a, respond: deny}\n"
                + "      - {path: /nonexistent/c, respond: allow, fastpath: true}\n" + SCANNER);
        scanner.may.release(2);
        link.ask(
                FakeLink.open(1, 1, "/nonexistent/a", soon()),
                FakeLink.open(2, 2, "/nonexistent/b", soon()),
                FakeLink.open(3, 3, "/nonexistent/c", soon()));
        assertThat(link.response(1)).isEqualTo("1 allow");
        assertThat(link.response(2)).isEqualTo("2 allow fastpath");
        assertThat(link.response(3)).isEqualTo("3 allow fastpath");
    }

    @Test
    void whatIsAllowedToSomeWithoutAScanIsScannedForOthers() {
        serve("    rules:\n      - {uid: 1000, path: /nonexistent/*.a, respond: allow, fastpath: true}\n"
                + "      - {path: /nonexistent/b, respond: allow, fastpath: true}\n" + SCANNER);
        scanner.may.release(2);
        link.ask(FakeLink.open(1, 1, "/nonexistent/a.a", soon()), FakeLink.open(2, 2, "/nonexistent/b", soon()));
        assertThat(link.response(1)).isEqualTo("1 allow");
        assertThat(link.response(2)).isEqualTo("2 allow fastpath");
    }

    @Test
    void whatIsScannedForOthersIsNotRememberedWithoutAScan() {
        serve("    rules:\n      - {uid: 5, path: /nonexistent/a, respond: scan}\n"
                + "      - {path: /nonexistent/*, respond: allow, fastpath: true}\n" + SCANNER);
        link.ask(FakeLink.open(1, 1, "/nonexistent/a", soon()), FakeLink.open(2, 2, "/nonexistent/b", soon()));
        assertThat(link.response(1)).isEqualTo("1 allow");
        assertThat(link.response(2)).isEqualTo("2 allow fastpath");
    }

    @Test
    void whatWaitsForAWorkerIsDecidedByNewRules() {
        String one = SCANNER.replace("workers: 2", "workers: 1");
        serve("    rules:\n      - {path: /nonexistent/x, respond: allow}\n"
                + "      - {path: /nonexistent/y, respond: allow}\n      - {respond: scan}\n" + one);
        link.ask(
                FakeLink.open(1, 1, "/nonexistent/a", soon()),
                FakeLink.open(2, 2, "/nonexistent/b", soon()),
                FakeLink.open(3, 3, "/nonexistent/c", soon()));
        scanner.awaitBegun(1);
        server.use(policy("    rules: {path: /nonexistent/c, respond: deny}\n" + one));
        scanner.may.release(2);
        assertThat(link.response(1)).isEqualTo("1 allow");
        assertThat(link.response(2)).isEqualTo("2 allow fastpath");
        assertThat(link.response(3)).isEqualTo("3 deny");
    }

    @Test
    void whatWasToBeScannedIsAllowedByRulesThatHaveNoScanner() {
        serve(SCANNER.replace("workers: 2", "workers: 1"));
        link.ask(FakeLink.open(1, 1, "/nonexistent/a", soon()), FakeLink.open(2, 2, "/nonexistent/b", soon()));
        scanner.awaitBegun(1);
        server.use(policy("    rules: {path: /nonexistent/c, respond: deny}\n"));
        scanner.may.release();
        assertThat(link.response(2)).isEqualTo("2 allow");
        assertThat(server.counters().failed.sum()).isZero();
    }

    @Test
    void whatCameDuringTheScanOfAFileThatIsDeniedIsScannedAnew() {
        serve(SCANNER);
        link.ask(FakeLink.open(1, 1, "/nonexistent/a", soon()));
        scanner.awaitBegun(1);
        link.ask(FakeLink.open(2, 1, "/nonexistent/a", soon()));
        FakeLink.until(() -> server.counters().joined.sum() == 1);
        scanner.verdict = new Verdict(false, "Eicar");
        scanner.may.release();
        assertThat(link.response(1)).isEqualTo("1 deny");
        scanner.awaitBegun(1);
        scanner.verdict = Verdict.CLEAN;
        scanner.may.release();
        assertThat(link.response(2)).isEqualTo("2 allow fastpath");
    }

    @Test
    void rulesDecideUntilTheEndAndScansAreLeftToOthers() throws InterruptedException {
        serve("    rules: {path: /nonexistent/*.exe, respond: deny}\n" + SCANNER);
        link.ask(FakeLink.open(1, 1, "/nonexistent/a", soon()));
        scanner.awaitBegun(1);
        server.stop();
        thread.join();
        link.ask(FakeLink.open(2, 2, "/nonexistent/a.exe", soon()), FakeLink.open(3, 3, "/nonexistent/b", soon()));
        var drain = new Thread(() -> server.drain(60_000));
        drain.start();
        assertThat(link.response(2)).isEqualTo("2 deny");
        scanner.may.release(2);
        drain.join();
        assertThat(link.response(1)).isEqualTo("1 allow fastpath");
        assertThat(link.settled(3)).isNull();
    }

    @Test
    void moreTimeIsAskedForByTheTimeOutAsItIsNow() {
        timeout = 10_000_000;
        serve(SCANNER);
        timeout = 200;
        link.ask(FakeLink.open(1, 1, "/nonexistent/a", System.nanoTime() + 200_000_000));
        FakeLink.until(() -> link.extended() >= 2);
        scanner.may.release();
        assertThat(link.response(1)).isEqualTo("1 allow fastpath");
    }

    @Test
    void anErrorInAWorkerIsToldAndTheFileScannedWhenItIsOpenedAgain() {
        serve(SCANNER);
        scanner.error = new StackOverflowError();
        scanner.may.release();
        link.ask(FakeLink.open(1, 1, "/nonexistent/a", soon()));
        FakeLink.until(() -> server.drain(0));
        assertThat(link.settled(1)).isNull();
        FakeLink.until(() -> told.stream().anyMatch(line -> line.contains("StackOverflowError")));
        scanner.error = null;
        scanner.may.release();
        link.ask(FakeLink.open(2, 1, "/nonexistent/a", soon()));
        assertThat(link.response(2)).isEqualTo("2 allow fastpath");
    }
}
