// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;

/** Whether this module may call native code. */
public final class NativeAccess {
    private NativeAccess() {}

    /** Whether there is a way to call native code, and this module may go it. */
    public static boolean isPossible() {
        try {
            check();
            Linker.nativeLinker();
            return true;
        } catch (IllegalCallerException | UnsupportedOperationException e) {
            return false;
        }
    }

    /**
     * Lets pass whoever may call native code.
     *
     * @throws IllegalCallerException if the launcher denied it; the message names the option to
     *     pass
     */
    public static void check() {
        try {
            // Restricted, and without effect: the JVM decides here, and warns or throws as it was
            // told to.
            MemorySegment.NULL.reinterpret(0);
        } catch (IllegalCallerException e) {
            Module module = NativeAccess.class.getModule();
            throw new IllegalCallerException(
                    ("Salto needs to call native code, and the JVM was told to deny that to %s. Start"
                            + " java with --enable-native-access=%s").formatted(
                                    module.isNamed() ? "the module " + module.getName() : "the class path",
                                    module.isNamed() ? module.getName() : "ALL-UNNAMED"),
                    e);
        }
    }
}
