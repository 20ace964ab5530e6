// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.sys.Posix;
import fang.ctl.sys.SysException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What people see of the output. */
public interface Terminal {
    /** Nobody looks. */
    Terminal NONE = new Terminal() {};

    /** Columns of the terminal that stdout is; 0 if it is none, {@link Integer#MAX_VALUE} if it does not tell. */
    default int columns() {
        return 0;
    }

    /** The same of stderr. */
    default int errorColumns() {
        return 0;
    }

    /** Rows of the terminal that stdout is; 0 if it is none, or does not tell. */
    default int rows() {
        return 0;
    }

    /** Columns of the terminal that stdout is by now, whatever COLUMNS says; 0 if it is none, or does not tell. */
    default int currentColumns() {
        return columns();
    }

    /** Whether a cursor can be moved about there. */
    default boolean isScreen() {
        return false;
    }

    /** Whether people want stdout painted, if it is a terminal. */
    default boolean isColoured() {
        return false;
    }

    /** That of this process, and what COLUMNS, NO_COLOR and TERM say. */
    static Terminal ofProcess() {
        return new Terminal() {
            @Override
            public int columns() {
                return columnsOf(1);
            }

            @Override
            public int errorColumns() {
                return columnsOf(2);
            }

            @Override
            public int rows() {
                return Short.toUnsignedInt(size(1).getShort(0));
            }

            @Override
            public int currentColumns() {
                return Short.toUnsignedInt(size(1).getShort(2));
            }

            @Override
            public boolean isScreen() {
                String term = System.getenv("TERM");
                return columnsOf(1) != 0 && term != null && !List.of("", "dumb").contains(term);
            }

            @Override
            public boolean isColoured() {
                String never = System.getenv("NO_COLOR");
                return (never == null || never.isEmpty()) && !"dumb".equals(System.getenv("TERM"));
            }
        };
    }

    private static int columnsOf(int fd) {
        // Pipes and files are known by their names: native code is loaded for people alone.
        try {
            String name = Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)).toString();
            if (!name.startsWith("/dev/")
                    || name.startsWith("/dev/shm/")
                    || List.of("/dev/null", "/dev/full").contains(name)) {
                return 0;
            }
        } catch (IOException e) {
            return 0;
        }
        ByteBuffer winsize;
        try {
            winsize = size(fd);
        } catch (SysException e) {
            return 0;
        }
        String wanted = System.getenv("COLUMNS");
        if (wanted != null && wanted.matches("[1-9][0-9]{0,5}")) {
            return Integer.parseInt(wanted);
        }
        int columns = Short.toUnsignedInt(winsize.getShort(2));
        return columns == 0 ? Integer.MAX_VALUE : columns;
    }

    /**
     * The descriptor's struct winsize.
     *
     * @throws SysException if it is no terminal
     */
    private static ByteBuffer size(int fd) {
        ByteBuffer winsize = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());
        Posix.system().ioctl(fd, Posix.TIOCGWINSZ, winsize);
        return winsize;
    }
}
