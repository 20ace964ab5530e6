// SPDX-License-Identifier: Apache-2.0
package fang.ctl.scan;

import fang.ctl.model.Errno;
import fang.ctl.model.RawPath;
import fang.ctl.sys.Deadline;
import fang.ctl.sys.LocalSocket;
import fang.ctl.sys.SysException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;

/**
 * clamd on a Unix socket. It gets the open file itself and so sees what is opened, with whatever rights it runs; only
 * where descriptors do not arrive is the content sent. Connections are kept, as a new one costs both sides a fifth more a
 * file. Of those that clamd has closed, because it was restarted or waited for long, none fails a scan.
 *
 * <p>Beyond its MaxFileSize and MaxScanSize clamd looks no further and says OK, unless its AlertExceedsMax is set.
 */
public final class ClamdScanner implements Scanner {
    /** clamd answers this at once, but not before it has threads left. */
    private static final long VERSION_LIMIT_MS = 10_000;

    /** Where descriptors do not arrive, they are tried again so much later. */
    private static final long STREAM_NS = TimeUnit.SECONDS.toNanos(60);

    private final Connector connector;
    private final LinkedBlockingDeque<ClamdSession> idle;

    /** The one that tells the version: a relay may have a process for each, and another one would seem a restart. */
    private final LinkedBlockingDeque<ClamdSession> idleForVersion = new LinkedBlockingDeque<>(1);

    private volatile long streamUntil = System.nanoTime();
    private volatile boolean closed;

    private interface Exchange<T> {
        T with(ClamdSession session) throws ScannerException, InterruptedException;
    }

    /** Makes a connection to a clamd. */
    interface Connector {
        LocalSocket connect(Deadline deadline) throws InterruptedException;
    }

    /** @param connections how many are kept; more are made if as many scans are under way, and closed after it */
    public ClamdScanner(RawPath socket, int connections) {
        this(deadline -> LocalSocket.connect(socket, deadline), connections);
    }

    /** Asks a clamd that is not there, so that all this is compiled before the real one is asked. */
    public static ClamdScanner rehearsing(int connections) {
        return new ClamdScanner(MadeUpClamd::connect, connections);
    }

    private ClamdScanner(Connector connector, int connections) {
        this.connector = connector;
        this.idle = new LinkedBlockingDeque<>(connections);
    }

    @Override
    public Verdict scan(int file, long limitMillis) throws ScannerException, InterruptedException {
        Deadline deadline = Deadline.in(limitMillis);
        ClamdReply reply = null;
        if (System.nanoTime() - streamUntil >= 0) {
            reply = exchange(idle, session -> session.handOver(file, deadline), deadline);
        }
        if (reply == null || reply.isWithoutDescriptor()) {
            if (reply != null) {
                streamUntil = System.nanoTime() + STREAM_NS;
            }
            reply = exchange(idle, session -> session.stream(file, deadline), deadline);
        }
        return switch (reply.kind()) {
            case OK -> Verdict.CLEAN;
            case FOUND -> new Verdict(false, reply.detail());
            case ERROR -> throw new ScannerException("clamd: " + reply.detail());
        };
    }

    /** Of its own definitions clamd tells the number and time, of others nothing; so a restart is another version, too. */
    @Override
    public Optional<String> version() throws ScannerException, InterruptedException {
        Deadline deadline = Deadline.in(VERSION_LIMIT_MS);
        return Optional.of(exchange(idleForVersion, session -> session.version(deadline), deadline));
    }

    private <T> T exchange(LinkedBlockingDeque<ClamdSession> sessions, Exchange<T> exchange, Deadline deadline)
            throws ScannerException, InterruptedException {
        try {
            for (ClamdSession kept = sessions.pollFirst(); kept != null; kept = sessions.pollFirst()) {
                try {
                    if (kept.isUsable()) {
                        return on(kept, sessions, exchange);
                    }
                    kept.close();
                } catch (SysException e) {
                    // It was closed just now, perhaps with a restart: all that are left are looked at.
                    if (e.errno() == Errno.ETIMEDOUT) {
                        throw e;
                    }
                }
            }
            return on(ClamdSession.open(connector.connect(deadline), deadline), sessions, exchange);
        } catch (SysException e) {
            throw new ScannerException("clamd: " + e.getMessage(), e);
        }
    }

    /** Only a session whose command has got a reply, and a plain one, goes on. */
    private <T> T on(ClamdSession session, LinkedBlockingDeque<ClamdSession> sessions, Exchange<T> exchange)
            throws ScannerException, InterruptedException {
        boolean kept = false;
        try {
            T result = exchange.with(session);
            boolean failed = result instanceof ClamdReply reply && reply.kind() == ClamdReply.Kind.ERROR;
            kept = !failed && sessions.offerFirst(session);
            return result;
        } finally {
            if (!kept) {
                session.close();
            }
            if (closed) {
                closeKept();
            }
        }
    }

    private void closeKept() {
        for (var sessions : List.of(idle, idleForVersion)) {
            for (ClamdSession kept = sessions.pollFirst(); kept != null; kept = sessions.pollFirst()) {
                kept.close();
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        closeKept();
    }
}
