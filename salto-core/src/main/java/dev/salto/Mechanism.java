// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import java.util.Locale;

/** How a closure's function pointer is made. */
public enum Mechanism {
    /** A static trampoline: code that was assembled ahead of time, and data. */
    STATIC,

    /**
     * An upcall stub of the JDK for each closure, because static trampolines do not work and {@link
     * Fallback#UPCALL_STUBS} applies.
     */
    DYNAMIC,

    /** No function pointer can be made. */
    NONE;

    /** The name in lower case. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
