// SPDX-License-Identifier: Apache-2.0
package fang.ctl.serve;

import static org.assertj.core.api.Assertions.assertThat;

import fang.ctl.scan.Verdict;
import org.junit.jupiter.api.Test;

class ServerTest extends ServingTest {
    @Test
    void rulesDecideWhileAScanGoesOn() {
        serve("    rules:\n      - {path: /nonexistent/*.tmp, respond: allow, fastpath: true, survive: true}\n"
                + "      - {path: /nonexistent/*.exe, respond: deny, reason: no programs}\n" + SCANNER);
        link.ask(FakeLink.open(1, 1, "/nonexistent/a", soon()));
        scanner.awaitBegun(1);
        link.ask(FakeLink.open(2, 2, "/nonexistent/a.tmp", soon()), FakeLink.open(3, 3, "/nonexistent/a.exe", soon()));
        assertThat(link.response(2)).isEqualTo("2 allow fastpath");
        assertThat(link.settled(2).survive()).isTrue();
        assertThat(link.response(3)).isEqualTo("3 deny");
        assertThat(link.settled(1)).isNull();
        scanner.may.release();
        assertThat(link.response(1)).isEqualTo("1 allow fastpath");
        FakeLink.until(() -> !told.isEmpty());
        assertThat(told.get(0))
                .contains("rules[1] (no programs) /nonexistent/a.exe")
                .contains("pid=812");
    }

    @Test
    void whatCameBeforeTheScanNeedsNoneOfItsOwn() {
        serve(SCANNER.replace("workers: 2", "workers: 1"));
        link.ask(FakeLink.open(1, 1, "/nonexistent/a", soon()));
        scanner.awaitBegun(1);
        link.ask(FakeLink.open(2, 2, "/nonexistent/b", soon()), FakeLink.open(3, 2, "/nonexistent/b", soon()));
        FakeLink.until(() -> server.counters().joined.sum() == 1);
        scanner.verdict = new Verdict(false, "Eicar");
        scanner.may.release(2);
        assertThat(link.response(2)).isEqualTo("2 deny");
        assertThat(link.response(3)).isEqualTo("3 deny");
        assertThat(server.counters().scanned.sum()).isEqualTo(2);
        FakeLink.until(() -> told.size() == 3);
        assertThat(told).allMatch(line -> line.contains("by no rule (Eicar)"));
    }

    @Test
    void whatCameDuringTheScanNeedsNoneIfTheFileStayedAsItWas() {
        serve(SCANNER);
        link.ask(FakeLink.open(1, 1, "/nonexistent/a", soon()));
        scanner.awaitBegun(1);
        link.ask(FakeLink.open(2, 1, "/nonexistent/a", soon()));
        FakeLink.until(() -> server.counters().joined.sum() == 1);
        scanner.may.release();
        assertThat(link.response(2)).isEqualTo("2 allow");
        FakeLink.until(() -> server.drain(0));
        assertThat(server.counters().scanned.sum()).isEqualTo(1);
    }

    @Test
    void whatCameDuringTheScanIsScannedIfNothingIsRemembered() {
        serve(SCANNER);
        link.remembersNothing();
        link.ask(FakeLink.open(1, 1, "/nonexistent/a", soon()));
        scanner.awaitBegun(1);
        link.ask(FakeLink.open(2, 1, "/nonexistent/a", soon()));
        FakeLink.until(() -> server.counters().joined.sum() == 1);
        scanner.may.release();
        assertThat(link.response(1)).isEqualTo("1 allow fastpath");
        scanner.awaitBegun(1);
        scanner.verdict = new Verdict(false, "Eicar");
        scanner.may.release();
        assertThat(link.response(2)).isEqualTo("2 deny");
    }

    @Test
    void whatCameDuringTheScanIsScannedIfNobodyKnowsWhetherTheFileChanged() {
        serve(SCANNER);
        link.ask(FakeLink.open(1, 1, "/nonexistent/a", soon()));
        scanner.awaitBegun(1);
        link.ask(FakeLink.open(2, 1, "/nonexistent/a", soon()));
        FakeLink.until(() -> server.counters().joined.sum() == 1);
        // The one that it was begun for is gone, so the kernel remembers nothing that would tell.
        link.gone(1);
        scanner.may.release();
        scanner.awaitBegun(1);
        assertThat(link.settled(2)).isNull();
        scanner.may.release();
        assertThat(link.response(2)).isEqualTo("2 allow fastpath");
        assertThat(server.counters().scanned.sum()).isEqualTo(2);
    }

    @Test
    void whatCameBeforeTheEndOfAScanAndWasReadLaterNeedsNoneOfItsOwn() {
        serve(SCANNER);
        scanner.may.release();
        link.ask(FakeLink.open(1, 1, "/nonexistent/a", soon()));
        assertThat(link.response(1)).isEqualTo("1 allow fastpath");
        FakeLink.until(() -> server.drain(0));
        link.ask(FakeLink.open(2, 1, "/nonexistent/a", soon()));
        assertThat(link.response(2)).isEqualTo("2 allow");
        assertThat(server.counters().scanned.sum()).isEqualTo(1);
        scanner.verdict = new Verdict(false, "Eicar");
        scanner.may.release();
        link.changed();
        link.ask(FakeLink.open(3, 1, "/nonexistent/a", soon()));
        assertThat(link.response(3)).isEqualTo("3 deny");
    }

    @Test
    void whereOthersMayHaveTheSameNumberEachIsJudgedByItself() {
        serve(SCANNER);
        link.otherDevice();
        link.ask(FakeLink.open(1, 1, "/nonexistent/a", soon()), FakeLink.open(2, 1, "/nonexistent/other/a", soon()));
        scanner.awaitBegun(1);
        link.ask(FakeLink.open(3, 1, "/nonexistent/third/a", soon()));
        FakeLink.until(() -> server.counters().joined.sum() == 2);
        scanner.may.release();
        assertThat(link.response(1)).isEqualTo("1 allow fastpath");
        scanner.verdict = new Verdict(false, "Eicar");
        scanner.may.release(2);
        assertThat(link.response(2)).isEqualTo("2 deny");
        assertThat(link.response(3)).isEqualTo("3 deny");
        assertThat(server.counters().scanned.sum()).isEqualTo(3);
    }

    @Test
    void nothingIsRememberedThatWasBegunBeforeAnUpdate() {
        serve(SCANNER);
        link.ask(FakeLink.open(1, 1, "/nonexistent/a", soon()));
        scanner.awaitBegun(1);
        server.forget();
        scanner.may.release();
        assertThat(link.response(1)).isEqualTo("1 allow");
    }

    @Test
    void aScannerThatFailsIsToldOnceAndOnErrorHolds() {
        serve(SCANNER);
        scanner.failure = "nobody is there";
        scanner.may.release(3);
        for (int id = 1; id <= 3; id++) {
            link.ask(FakeLink.open(id, id, "/nonexistent/a", soon()));
            assertThat(link.response(id)).isEqualTo(id + " deny");
        }
        scanner.failure = null;
        scanner.may.release();
        link.ask(FakeLink.open(4, 4, "/nonexistent/a", soon()));
        assertThat(link.response(4)).isEqualTo("4 allow fastpath");
        FakeLink.until(() -> told.stream().anyMatch(line -> line.equals("scans again; 3 scans failed")));
        assertThat(told.stream().filter(line -> line.contains("nobody is there")))
                .containsExactly("not scanned: nobody is there; on_error is deny");
    }

    @Test
    void onErrorRetryTriesUntilItWorks() {
        serve(SCANNER.replace("on_error: deny", "on_error: retry"));
        scanner.failure = "starting";
        scanner.may.release(2);
        link.ask(FakeLink.open(1, 1, "/nonexistent/a", soon()));
        scanner.awaitBegun(2);
        scanner.failure = null;
        scanner.may.release();
        assertThat(link.response(1)).isEqualTo("1 allow fastpath");
    }

    @Test
    void aScanThatTakesLongGetsMoreTime() {
        timeout = 200;
        serve(SCANNER);
        link.ask(FakeLink.open(1, 1, "/nonexistent/a", System.nanoTime() + 200_000_000));
        FakeLink.until(() -> link.extended() >= 2);
        scanner.may.release();
        assertThat(link.response(1)).isEqualTo("1 allow fastpath");
    }

    @Test
    void whereNoMoreTimeIsToBeHadItIsAskedForOnce() {
        timeout = 80;
        serve(SCANNER);
        link.noMoreTime();
        link.ask(FakeLink.open(1, 1, "/nonexistent/a", System.nanoTime()));
        FakeLink.until(() -> link.extended() == 1);
        link.ask(FakeLink.open(2, 2, "/nonexistent/b", System.nanoTime()));
        FakeLink.until(() -> link.extended() == 2);
        scanner.may.release(2);
        assertThat(link.response(2)).isNotEmpty();
        assertThat(link.extended()).isEqualTo(2);
    }

    @Test
    void ownerAndSizeAreLookedAtWithoutAScan() {
        serve("    rules:\n      - {size_min: 1KiB, owner: 5, respond: deny, reason: big}\n"
                + "      - {respond: allow}\n");
        link.facts(5, 1024);
        link.ask(FakeLink.open(1, 1, "/nonexistent/a", soon()));
        assertThat(link.response(1)).isEqualTo("1 deny");
        link.facts(5, 1023);
        link.ask(FakeLink.open(2, 1, "/nonexistent/a", soon()));
        assertThat(link.response(2)).isEqualTo("2 allow");
    }

    @Test
    void beyondItsBoundRequestsAreLeftToTheirTimeOut() {
        serve(SCANNER);
        int more = 5;
        for (int id = 1; id <= Jobs.REQUESTS_MAX + more; id++) {
            link.ask(FakeLink.open(id, id, "/nonexistent/a", soon()));
        }
        FakeLink.until(() -> server.counters().overloaded.sum() == more);
        scanner.may.release(Jobs.REQUESTS_MAX);
        FakeLink.until(() -> server.counters().allowed.sum() == Jobs.REQUESTS_MAX);
        assertThat(told).contains("too many wait for the scanner: their time-outs decide");
        link.ask(FakeLink.open(1 << 20, 1, "/nonexistent/a", soon()));
        scanner.may.release();
        assertThat(link.response(1 << 20)).isNotEmpty();
    }

    @Test
    void theWatchdogHearsThatAScannerKeepsAWorkerTooLong() {
        serve(SCANNER.replace("workers: 2", "workers: 1, timeout: 100ms"));
        link.ask(FakeLink.open(1, 1, "/nonexistent/a", soon()));
        scanner.awaitBegun(1);
        assertThat(server.trouble(System.nanoTime())).isEmpty();
        assertThat(server.trouble(soon())).isEqualTo("no scan ends, though they have a limit");
        assertThat(server.slow(System.nanoTime())).isEmpty();
        assertThat(server.slow(soon())).contains("keeps its worker");
        scanner.may.release();
        assertThat(link.response(1)).isNotEmpty();
        server.stop();
        FakeLink.until(() -> !thread.isAlive());
        assertThat(server.drain(10_000)).isTrue();
        assertThat(server.trouble(soon())).isEqualTo("nothing is read");
    }

    @Test
    void floodsOfDenialsAreCounted() {
        serve("    rules: {path: /nonexistent/**, respond: deny}\n");
        for (int id = 1; id <= 150; id++) {
            link.ask(FakeLink.open(id, 1, "/nonexistent/a", soon()));
        }
        assertThat(link.response(150)).isEqualTo("150 deny");
        link.end();
        FakeLink.until(() -> !thread.isAlive());
        log.close();
        assertThat(told).hasSize(101).last().isEqualTo("50 more were denied");
    }
}
