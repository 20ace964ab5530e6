// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.abi.AbiRange;
import fang.ctl.abi.RecordCodec;
import fang.ctl.device.ListenerNode;
import fang.ctl.model.Attribute;
import fang.ctl.model.Errno;
import fang.ctl.model.Event;
import fang.ctl.model.EventKind;
import fang.ctl.model.Failure;
import fang.ctl.model.Group;
import fang.ctl.model.GroupName;
import fang.ctl.model.RawPath;
import fang.ctl.model.Response;
import fang.ctl.model.ResponseKind;
import fang.ctl.output.EventFormat;
import fang.ctl.serve.Notifier;
import fang.ctl.sys.Posix;
import fang.ctl.sys.SysException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What {@code listen} does once its options are known.
 *
 * <p>On a group that covers everything, whatever this process opens after it joined could wait for itself, so all classes
 * and files are loaded before. An access request without --respond waits for somebody who sees it, so filters never hide
 * one.
 */
final class ListenLoop {
    /**
     * @param count events to show
     * @param kinds null shows all
     * @param path null shows all
     * @param respond null responds to nothing
     * @param byExit whether the command's exit code responds
     * @param clear whether to clear outstanding records once they are dealt with
     * @param command what to run for each event instead of showing it; empty shows
     * @param jobs how many commands at a time
     */
    record Options(
            GroupName group,
            String format,
            long count,
            Set<String> kinds,
            PathMatcher path,
            ResponseKind respond,
            boolean fastpath,
            boolean byExit,
            boolean exempt,
            boolean clear,
            List<String> command,
            int jobs) {}

    private record ShownEvent(Event event, String comm, long wallNs, String response) implements EventFormat.Shown {}

    private static final int STDOUT = 1;

    /** As many as it takes until all on the way is compiled, and a small part of what a listener's start takes. */
    private static final int WARM_UPS = 1000;
    /** Between two events of the warm-up: digits of all places, and some seconds. */
    private static final long WARM_UP_NS = 123_456_789;

    private final Options options;
    private final Context context;
    private final Posix posix;
    private final Comm comm = new Comm();
    private final List<Response> responses = new ArrayList<>();
    /** Null if events are shown. */
    private EventJobs jobs;

    /** The name that the kernel told last, and as it is shown: most events come after one of the same process. */
    private RawPath lastTold;

    private String lastToldName;
    private long joinedNs;
    private long shown;

    ListenLoop(Options options, Context context) {
        this.options = options;
        this.context = context;
        this.posix = context.environment().posix();
    }

    int run() throws IOException {
        Group group = context.group(options.group());
        EventFormat format = EventFormat.of(options.format(), context.out());
        warmUp();
        var notifier = new Notifier(posix, context.environment().variable("NOTIFY_SOCKET"));
        String path =
                context.environment().devices().resolve(options.group().text()).toString();
        try (ListenerNode node = ListenerNode.open(posix, path, options.exempt())) {
            joinedNs = posix.bootTimeNs();
            AbiRange abi = node.abi();
            if (!abi.fits()) {
                throw new Failure(
                        Failure.Kind.MODULE,
                        "the module speaks " + abi
                                + ", which this fangctl does not: install matching versions of both");
            }
            context.say("listening on " + options.group() + ", Ctrl-C ends");
            notifier.ready("listening on " + options.group());
            noteSilence(group);
            if (!options.command().isEmpty()) {
                var runner = new JobRunner(options.command(), options.group().text(), options.jobs(), posix);
                jobs = new EventJobs(runner, node, options, context);
            }
            int exit = serve(node, format);
            if (jobs == null) {
                return exit;
            }
            jobs.finish();
            return exit == ExitCode.DONE && jobs.isFailed() ? ExitCode.NO : exit;
        }
    }

    private void noteSilence(Group group) {
        if (!group.enabled()) {
            context.note("note: " + group.name() + " is disabled. Next: fangctl enable " + group.name());
        } else if (group.scopes().states().isEmpty()) {
            context.note("note: " + group.name() + " has no scope. Next: fangctl scope add " + group.name()
                    + " subtree=DIR");
        } else if (group.asks() && options.respond() == null && !options.byExit()) {
            context.note("note: " + group.name() + " asks for "
                    + String.join(", ", EventKind.accessWords(group.get(Attribute.MASK)))
                    + ": respond to each id within "
                    + Attribute.TIMEOUT.display(group.get(Attribute.TIMEOUT)) + ", or use --respond");
        }
    }

    private int serve(ListenerNode node, EventFormat format) throws IOException {
        boolean realStdout = context.isRealStdout();
        // The command's end is polled for in place of our output, which has then no reader to lose.
        int other = jobs != null ? jobs.fd() : STDOUT;
        int[] fds = realStdout || jobs != null ? new int[] {node.fd(), other} : new int[] {node.fd()};
        int[] wanted = new int[] {Posix.POLLIN, jobs != null ? Posix.POLLIN : 0};
        while (true) {
            List<Event> events = node.read();
            if (events == null) {
                int[] ready = posix.poll(fds, wanted, -1);
                if (jobs != null) {
                    if ((ready[1] & Posix.POLLIN) != 0) {
                        jobs.settle();
                    }
                } else if (realStdout && (ready[1] & Posix.POLLERR) != 0) {
                    return ExitCode.DONE; // nobody reads what we would show
                }
                continue;
            }
            if (events.isEmpty()) {
                context.note(options.group() + " is gone");
                return ExitCode.DONE;
            }
            show(events, node, format);
            if (shown >= options.count()) {
                return ExitCode.DONE;
            }
        }
    }

    private void show(List<Event> events, ListenerNode node, EventFormat format) throws IOException {
        long bootToWall = System.currentTimeMillis() * 1_000_000 - posix.bootTimeNs();
        List<Event> toHand = new ArrayList<>();
        responses.clear();
        comm.forget();
        for (Event event : events) {
            if (event.fd() >= 0) {
                posix.close(event.fd());
            }
            if (event.isOverflow()) {
                context.note(options.group() + ": " + Integer.toUnsignedString(event.count())
                        + " events were lost, the queue was full");
            }
            if (event.isState() && event.count() != 0) {
                context.note(options.group() + ": " + Integer.toUnsignedString(event.count())
                        + (event.count() == 1 ? " event was" : " events were") + " missed, nobody listened");
            }
            ResponseKind response = response(event);
            if (response != null) {
                responses.add(new Response(event.id(), response, options.fastpath() && response == ResponseKind.ALLOW));
            }
            if (shown < options.count() && isShown(event, response)) {
                if (jobs == null) {
                    String word = response == null ? null : response.word();
                    format.write(new ShownEvent(event, name(event), event.timeNs() + bootToWall, word));
                } else if (isHanded(event)) {
                    toHand.add(event);
                }
                shown += event.isOverflow() || event.isState() ? 0 : 1;
            }
        }
        if (!responses.isEmpty()) {
            node.respond(responses);
        }
        format.flush();
        clear(events, toHand, node);
        // Last, because each may wait for another to end.
        toHand.forEach(jobs == null ? event -> {} : jobs::hand);
    }

    /** Whether the command is run for it: what stands for no access has nothing to be run for. */
    private static boolean isHanded(Event event) {
        return !event.isOverflow() && !event.isState();
    }

    /** Those that a filter hides, too: nobody else hears of them. */
    private void clear(List<Event> events, List<Event> toHand, ListenerNode node) {
        if (!options.clear()) {
            return;
        }
        responses.clear();
        for (Event event : events) {
            if (event.isOutstanding() && !toHand.contains(event)) {
                responses.add(new Response(event.id(), ResponseKind.CLEAR, false));
            }
        }
        if (!responses.isEmpty()) {
            node.respond(responses);
        }
    }

    /** What the kernel reported; else, if the group does not report it, what can still be found. */
    private String name(Event event) {
        RawPath told = event.comm();
        if (told == null) {
            return comm.of(event.tgid());
        }
        if (!told.equals(lastTold)) {
            lastToldName = told.utf8().orElseGet(told::display);
            lastTold = told;
        }
        return lastToldName;
    }

    private ResponseKind response(Event event) {
        if (!event.isAccess()) {
            return null;
        }
        if (options.respond() != null) {
            return options.respond();
        }
        // The rest of the pipeline may have been asked about before it was exempt: nobody else could respond.
        boolean own = options.exempt()
                && event.timeNs() <= joinedNs
                && event.tgid() > 0
                && posix.processGroup(event.tgid()) == posix.processGroup(0);
        return own ? ResponseKind.ALLOW : null;
    }

    private boolean isShown(Event event, ResponseKind response) {
        if (event.isOverflow() || event.isAccess() && response == null) {
            return true;
        }
        if (options.kinds() != null && !options.kinds().contains(event.word())) {
            return false;
        }
        return options.path() == null || matches(options.path(), event.path());
    }

    private static boolean matches(PathMatcher matcher, RawPath path) {
        try {
            return path != null && matcher.matches(Path.of(path.utf8().orElseGet(path::display)));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** Does once, with made-up events and no output, all that serving does. */
    private void warmUp() throws IOException {
        if (!options.command().isEmpty()) {
            JobRunner.prepare();
        }
        ListenerNode.prepare(posix);
        int self = (int) ProcessHandle.current().pid();
        EventFormat format = EventFormat.of(options.format(), OutputStream.nullOutputStream());
        RawPath odd = RawPath.ofBytes(new byte[] {'/', (byte) 0xff, '\n', (byte) 0xc3, (byte) 0xa4});
        for (int kind : new int[] {EventKind.OPEN.ordinal(), EventKind.OPEN_ACCESS.ordinal(), Event.STATE}) {
            var event = new Event(1, 1, kind, 0x5f, -1, self, self, 0, 0, 0x801, 1, 0, 2, 1, odd, null, odd, odd);
            format.write(new ShownEvent(event, name(event), System.currentTimeMillis() * 1_000_000, "allow"));
            response(event);
            isShown(event, ResponseKind.ALLOW);
            if (options.path() != null) {
                matches(options.path(), odd);
            }
        }
        // Often enough to be compiled: else the first full queue is read at a fraction of the speed.
        ByteBuffer record = RecordCodec.encode(new Event(
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                RawPath.ofText("/made/up/of/usual/length.txt"),
                null,
                null,
                null));
        for (int i = 0; i < WARM_UPS; i++) {
            Event event = RecordCodec.decode(record.rewind()).get(0);
            if (isShown(event, response(event))) {
                format.write(new ShownEvent(event, name(event), i * WARM_UP_NS, null));
            }
        }
        format.flush();
        posix.bootTimeNs();
        posix.processGroup(0);
        new SysException("open", "", Errno.EAGAIN.number()).errno();
    }
}
