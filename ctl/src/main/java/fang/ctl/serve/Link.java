// SPDX-License-Identifier: Apache-2.0
package fang.ctl.serve;

import fang.ctl.device.ListenerNode;
import fang.ctl.model.Event;
import fang.ctl.model.Response;
import fang.ctl.sys.FileFacts;
import fang.ctl.sys.Posix;
import java.util.List;

/** What serving needs of a group's device. All but {@link #read} may be called by any thread. */
public interface Link {
    /**
     * What is ready.
     *
     * @return null if nothing is within this time, or somebody woke the reader; empty if the group is gone
     */
    List<Event> read(int timeoutMillis);

    /** Responds; gives whether any of the requests was still open. */
    boolean send(List<Response> batch);

    /**
     * A descriptor of a request's file.
     *
     * @throws fang.ctl.sys.SysException ENOENT: the request is settled, perhaps just now, as its file is remembered; others: of
     *     opening the file
     */
    int open(long id);

    FileFacts facts(int file);

    void close(int file);

    /**
     * The real one.
     *
     * @param wake a descriptor that ends a read that waits
     */
    static Link of(ListenerNode node, Posix posix, int wake) {
        return new Link() {
            private final int[] fds = {node.fd(), wake};
            private final int[] wanted = {Posix.POLLIN, Posix.POLLIN};

            @Override
            public List<Event> read(int timeoutMillis) {
                // First of all: a read that finds nothing costs an exception.
                return posix.poll(fds, wanted, timeoutMillis)[0] == 0 ? null : node.read();
            }

            @Override
            public boolean send(List<Response> batch) {
                return node.send(batch);
            }

            @Override
            public int open(long id) {
                return node.openFile(id);
            }

            @Override
            public FileFacts facts(int file) {
                return posix.facts(file);
            }

            @Override
            public void close(int file) {
                posix.close(file);
            }
        };
    }
}
