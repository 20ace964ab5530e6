// SPDX-License-Identifier: Apache-2.0
package fang.ctl.abi;

import fang.ctl.model.Response;
import fang.ctl.model.ResponseKind;
import java.nio.ByteBuffer;
import java.util.List;

/** Encodes responses for write() on a group's device. Pure: decisions in, bytes out. */
public final class ResponseCodec {
    static final int SIZE = 32;
    static final int ID = 0;
    static final int RESPONSE = 8;
    static final int FLAGS = 12;
    static final int KINDS = 16;

    private ResponseCodec() {}

    /** Bytes that so many responses take. */
    public static int size(int responses) {
        return responses * SIZE;
    }

    /**
     * Puts all responses at the buffer's position, which ends behind them.
     *
     * @param buffer in native byte order, with room for {@link #size}
     */
    public static void encode(List<Response> responses, ByteBuffer buffer) {
        for (Response response : responses) {
            int at = buffer.position();
            buffer.putLong(at + ID, response.id());
            buffer.putInt(at + RESPONSE, word(response));
            buffer.putInt(at + FLAGS, flags(response));
            for (int i = at + KINDS; i < at + SIZE; i += Integer.BYTES) {
                buffer.putInt(i, 0);
            }
            buffer.position(at + SIZE);
        }
    }

    private static int flags(Response response) {
        if (response.kind() == ResponseKind.CLEAR) {
            return Abi.FANG_CLEAR;
        }
        return (response.fastpath() ? Abi.FANG_FASTPATH : 0) | (response.survive() ? Abi.FANG_SURVIVE : 0);
    }

    private static int word(Response response) {
        return switch (response.kind()) {
            case ALLOW -> Abi.FANG_ALLOW;
            case DENY -> Abi.FANG_DENY;
            case MORE_TIME -> Abi.FANG_MORE_TIME;
            case CLEAR -> 0;
        };
    }
}
