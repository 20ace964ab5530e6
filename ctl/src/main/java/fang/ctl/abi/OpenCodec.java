// SPDX-License-Identifier: Apache-2.0
package fang.ctl.abi;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Encodes the argument of FANG_IOC_OPEN. */
public final class OpenCodec {
    static final int SIZE = 16;
    static final int SIZE_FIELD = 0;
    static final int ID = 8;

    private OpenCodec() {}

    /** Of this request, as a direct buffer. */
    public static ByteBuffer of(long id) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(SIZE).order(ByteOrder.nativeOrder());
        buffer.putInt(SIZE_FIELD, SIZE);
        buffer.putLong(ID, id);
        return buffer;
    }
}
