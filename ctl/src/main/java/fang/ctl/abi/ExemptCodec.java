// SPDX-License-Identifier: Apache-2.0
package fang.ctl.abi;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Encodes the argument of FANG_IOC_EXEMPT and decodes that of FANG_IOC_ABI. */
public final class ExemptCodec {
    static final int SIZE = 16;
    static final int SIZE_FIELD = 0;
    static final int FLAGS = 4;
    static final int PID = 8;

    private ExemptCodec() {}

    /** The caller's own process group, as a direct buffer. */
    public static ByteBuffer ownProcessGroup() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(SIZE).order(ByteOrder.nativeOrder());
        buffer.putInt(SIZE_FIELD, SIZE);
        buffer.putInt(FLAGS, Abi.FANG_EXEMPT_PROCESS_GROUP);
        buffer.putInt(PID, 0);
        return buffer;
    }
}
