// SPDX-License-Identifier: Apache-2.0
package fang.ctl.serve;

import fang.ctl.abi.Abi;
import fang.ctl.model.Event;
import fang.ctl.model.ProfileRule;
import fang.ctl.model.RawPath;
import fang.ctl.model.Response;
import fang.ctl.model.ResponseKind;
import fang.ctl.model.Subject;

/** One request that waits here. Guarded by its job's lock once it has one. */
final class Request {
    /** A path that does not begin where rules begin theirs, or not at all, proves nothing. */
    private static final int PATH_ODD = Abi.FANG_PATH_IN_FS | Abi.FANG_PATH_TRUNCATED;

    final Event event;
    private Subject subject;
    private Rules rules;
    private Rules.Decision decision;
    private long deadlineNs;
    private boolean extensible = true;

    Request(Event event) {
        this.event = event;
        this.deadlineNs = event.deadlineNs();
        RawPath path = (event.flags() & PATH_ODD) != 0 ? null : event.path();
        this.subject = new Subject(
                path,
                event.word(),
                Integer.toUnsignedLong(event.uid()),
                Integer.toUnsignedLong(event.gid()),
                event.exe(),
                event.comm(),
                event.cgroup(),
                null,
                null);
    }

    Rules.Decision decide(Rules rules) {
        this.rules = rules;
        decision = rules.decide(subject, decision == null ? 0 : decision.at());
        return decision;
    }

    /** Once its file was looked at, by new rules from the first on. */
    Rules.Decision decide(Rules rules, long owner, long size) {
        this.rules = rules;
        subject = subject.withFile(owner, size);
        decision = rules.decide(subject, 0);
        return decision;
    }

    Rules.Decision decision() {
        return decision;
    }

    /** Whether it has to be decided once its file was looked at: by the file, or as the rules are others now. */
    boolean isOpenTo(Rules now) {
        return decision.action() == Rules.Action.LOOK || rules != now;
    }

    /** Whether more time has to be asked for now. */
    boolean isShort(long nowNs, long timeoutNs) {
        return extensible && deadlineNs != 0 && deadlineNs - nowNs < timeoutNs / 2;
    }

    void extended(boolean taken, long nowNs, long timeoutNs) {
        extensible = taken;
        deadlineNs = nowNs + timeoutNs;
    }

    /** @param rules null: nothing is to be remembered */
    Response allow(Rules rules) {
        ProfileRule rule = decision.rule();
        // Of what matches no rule, only what was scanned was judged by its content.
        boolean wanted = rule == null ? decision.action() == Rules.Action.SCAN : rule.fastpath();
        boolean fastpath = rules != null && wanted && !rules.mayDenyOthers(subject, decision);
        return new Response(event.id(), ResponseKind.ALLOW, fastpath, fastpath && rule != null && rule.survive());
    }

    Response respond(ResponseKind kind) {
        return new Response(event.id(), kind, false);
    }
}
