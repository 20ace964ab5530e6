// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Load;
import fang.ctl.output.Layout;
import fang.ctl.output.TopText;
import fang.ctl.sys.Posix;
import fang.ctl.sys.SysException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A terminal that is ours until this is closed: another screen than that of the shell, without cursor, and keys that come at
 * once and unseen. Sequences are those that all terminals of today have in common.
 */
final class Screen implements AutoCloseable {
    private static final String ENTER = "\u001b[?1049h\u001b[?25l";
    private static final String LEAVE = "\u001b[?25h\u001b[?1049l";
    private static final String HOME = "\u001b[H";
    private static final String END_OF_LINE = "\u001b[K";
    private static final String END_OF_SCREEN = "\u001b[J";

    /** For a terminal that does not tell its size. */
    private static final int COLUMNS = 80;

    private static final int ROWS = 24;
    /** Keys that are read at a time; none but q matters. */
    private static final int KEYS_MAX = 64;

    private static final int STDIN = 0;
    private static final long NS_PER_MS = 1_000_000;
    private static final int GOING_ON = -1;

    /** The kernel's struct termios, and in it the local modes and control characters. */
    private static final int TERMIOS_SIZE = 64;

    private static final int LOCAL_MODES = 12;
    private static final int ICANON_ECHO = 0x2 | 0x8;
    private static final int CONTROL_CHARACTERS = 17;
    private static final int VTIME = CONTROL_CHARACTERS + 5;
    private static final int VMIN = CONTROL_CHARACTERS + 6;
    /** Ctrl-Z: there is no way back from it to this screen. */
    private static final int VSUSP = CONTROL_CHARACTERS + 10;

    private final Context context;
    private final Posix posix;
    private final int wake;
    private final AtomicInteger exit = new AtomicInteger(GOING_ON);
    private final ByteBuffer signalled = ByteBuffer.allocateDirect(8);
    private final ByteBuffer keys = ByteBuffer.allocateDirect(KEYS_MAX);
    /** How stdin was; null if it is no terminal, and there are no keys. */
    private final ByteBuffer before;

    private volatile boolean stale;

    Screen(Context context) throws IOException {
        this.context = context;
        this.posix = context.environment().posix();
        this.wake = posix.eventFd();
        ends("INT", ExitCode.INTERRUPTED);
        ends("TERM", ExitCode.DONE);
        ends("HUP", ExitCode.DONE);
        posix.onSignal("WINCH", () -> {
            stale = true;
            posix.wake(wake);
        });
        before = modes();
        try {
            if (before != null) {
                posix.ioctl(STDIN, Posix.TCSETSW, raw(before));
            }
            context.print(ENTER);
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private void ends(String signal, int code) {
        posix.onSignal(signal, () -> {
            exit.compareAndSet(GOING_ON, code);
            posix.wake(wake);
        });
    }

    private ByteBuffer modes() {
        ByteBuffer modes = ByteBuffer.allocateDirect(TERMIOS_SIZE).order(ByteOrder.nativeOrder());
        try {
            posix.ioctl(STDIN, Posix.TCGETS, modes);
            return modes;
        } catch (SysException e) {
            return null;
        }
    }

    private static ByteBuffer raw(ByteBuffer modes) {
        ByteBuffer raw = ByteBuffer.allocateDirect(TERMIOS_SIZE).order(ByteOrder.nativeOrder());
        raw.put(modes.duplicate().rewind()).rewind();
        raw.putInt(LOCAL_MODES, raw.getInt(LOCAL_MODES) & ~ICANON_ECHO);
        return raw.put(VMIN, (byte) 1).put(VTIME, (byte) 0).put(VSUSP, (byte) 0);
    }

    /** Whether the size may be another one. */
    boolean isStale() {
        return stale;
    }

    /** All of it at once, so that nothing flickers. */
    void draw(String head, Load load) {
        stale = false;
        Terminal terminal = context.environment().terminal();
        int columns = terminal.currentColumns();
        int rows = terminal.rows();
        var layout = new Layout(columns == 0 ? COLUMNS : columns, terminal.isColoured());
        List<String> lines = TopText.lines(head + ", q ends", load, layout, rows == 0 ? ROWS : rows);
        var text = new StringBuilder(HOME);
        for (int i = 0; i < lines.size(); i++) {
            text.append(i == 0 ? "" : "\r\n").append(lines.get(i)).append(END_OF_LINE);
        }
        try {
            context.print(text.append(END_OF_SCREEN).toString());
        } catch (IOException e) {
            // The terminal is gone, and nobody there to be told.
            exit.compareAndSet(GOING_ON, ExitCode.DONE);
        }
    }

    /** Waits for a key, a signal or the time; gives the exit code, or -1 to go on. */
    int await(long nanos) {
        // A millisecond too long rather than one too short, which would turn in circles.
        int millis = (int) Math.min(Integer.MAX_VALUE, nanos / NS_PER_MS + (nanos > 0 ? 1 : 0));
        int[] fds = before == null ? new int[] {wake} : new int[] {STDIN, wake};
        int[] events = new int[fds.length];
        Arrays.fill(events, Posix.POLLIN);
        int[] ready = posix.poll(fds, events, millis);
        if (ready[ready.length - 1] != 0) {
            posix.read(wake, signalled.clear());
        }
        if (before != null && ready[0] != 0 && isQuit()) {
            exit.compareAndSet(GOING_ON, ExitCode.DONE);
        }
        return exit.get();
    }

    private boolean isQuit() {
        keys.clear();
        try {
            if (posix.read(STDIN, keys) == 0) {
                return true;
            }
        } catch (SysException e) {
            // The terminal is gone.
            return true;
        }
        for (int i = 0; i < keys.position(); i++) {
            if (keys.get(i) == 'q' || keys.get(i) == 'Q') {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() throws IOException {
        try {
            context.print(LEAVE);
        } catch (IOException e) {
            // A terminal that is gone needs nothing.
        } finally {
            if (before != null) {
                restore();
            }
        }
    }

    private void restore() {
        try {
            posix.ioctl(STDIN, Posix.TCSETSW, before);
        } catch (SysException e) {
            // likewise
        }
    }
}
