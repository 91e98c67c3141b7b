// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

import java.lang.foreign.MemorySegment;

/**
 * Calls a restricted method of the JDK in the name of the module that it is defined in. {@link
 * CallerModule} defines it once more.
 */
public final class RestrictedCall implements Runnable {
    @Override
    public void run() {
        // Without effect: the JVM decides here, and warns or throws as it was told to.
        MemorySegment.NULL.reinterpret(0);
    }
}
