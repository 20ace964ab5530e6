// SPDX-License-Identifier: Apache-2.0
package fang.ctl.abi;

import java.nio.ByteBuffer;

/**
 * The protocols that a module speaks.
 *
 * @param min oldest
 * @param max newest
 */
public record AbiRange(int min, int max) {
    static final int SIZE = 8;
    static final int MIN = 0;
    static final int MAX = 4;

    /** Bytes of struct fang_abi. */
    public static int size() {
        return SIZE;
    }

    /** What FANG_IOC_ABI filled in. */
    public static AbiRange decode(ByteBuffer buffer) {
        return new AbiRange(buffer.getInt(MIN), buffer.getInt(MAX));
    }

    /**
     * What configfs' {@code abi} shows: {@code MIN MAX}.
     *
     * @throws IllegalArgumentException if it is no such text
     */
    public static AbiRange parse(String text) {
        String[] words = text.split(" ");
        if (words.length != 2) {
            throw new IllegalArgumentException("\"" + text + "\" is no range of protocols");
        }
        return new AbiRange(Integer.parseInt(words[0]), Integer.parseInt(words[1]));
    }

    /** Whether this program and the module have a protocol in common. */
    public boolean fits() {
        return min <= Abi.FANG_ABI_MAX && max >= Abi.FANG_ABI_MIN;
    }

    @Override
    public String toString() {
        return min == max ? "protocol " + min : "protocols " + min + " to " + max;
    }
}
