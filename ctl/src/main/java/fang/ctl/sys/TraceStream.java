// SPDX-License-Identifier: Apache-2.0
package fang.ctl.sys;

import java.nio.ByteBuffer;

/**
 * Records of one tracepoint as they come, of all processes. Nothing of it outlives this process, however that ends; until it
 * is closed the kernel keeps the tracepoint's module.
 */
public interface TraceStream extends AutoCloseable {
    /** Who gets the records. */
    interface Sink {
        /**
         * Takes one.
         *
         * @param pid the process
         * @param raw its bytes, in native order, as the tracepoint's format tells; valid during the call
         */
        void record(int pid, ByteBuffer raw);
    }

    /**
     * Begins.
     *
     * @param id of the tracepoint, from tracefs
     * @throws SysException EACCES or EPERM without root
     */
    static TraceStream open(long id) {
        return PerfStream.open(id);
    }

    /** Hands on what has come since, without waiting; gives how many records were lost for want of room. */
    long drain(Sink sink);

    @Override
    void close();
}
