// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.os;

import java.lang.foreign.MemorySegment;

/**
 * Calls a restricted method of the JDK for the module that it is defined in. {@link CallerModule}
 * defines it again.
 */
public final class RestrictedCall implements Runnable {
    @Override
    public void run() {
        // Without effect, but the JVM checks the access here, and warns or throws.
        MemorySegment.NULL.reinterpret(0);
    }
}
