// SPDX-License-Identifier: Apache-2.0
package fang.ctl.sys;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/** Signals that this process ignores, which the JDK can handle alone. */
public final class IgnoredSignals {
    private static final Pointer SIG_IGN = Pointer.createConstant(1);

    static {
        // Sets JNA up.
        Posix.system();
        Native.register(IgnoredSignals.class, NativeLibrary.getProcess());
    }

    private IgnoredSignals() {}

    public static void ignore(int number) {
        signal(number, SIG_IGN);
    }

    private static native Pointer signal(int number, Pointer handler);
}
