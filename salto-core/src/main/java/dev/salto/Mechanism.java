// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import java.util.Locale;

/** Tells what closures are made of. */
public enum Mechanism {
    /** Static trampolines: code that was assembled ahead of time, and data. */
    TRAMPOLINES,

    /**
     * Upcall stubs of the JDK, one for each closure. Salto has no port, or static trampolines do
     * not work and {@link Fallback#UPCALL_STUBS} applies.
     */
    UPCALL_STUBS,

    /** No function pointer can be made. */
    NONE;

    /** Returns the name in reports: {@code trampolines}, {@code upcall-stubs} or {@code none}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
