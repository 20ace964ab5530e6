// SPDX-License-Identifier: Apache-2.0
package fang.ctl.sys;

import java.lang.reflect.Proxy;

/**
 * Signals through {@code sun.misc.Signal}, which every JDK has and none promises. Only at run time: the compiler warns of
 * its name, and nothing silences that.
 */
final class Signals {
    private Signals() {}

    static void handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy =
                    Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, (self, m, args) -> {
                        action.run();
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("SIG" + name + " cannot be handled", e);
        }
    }
}
