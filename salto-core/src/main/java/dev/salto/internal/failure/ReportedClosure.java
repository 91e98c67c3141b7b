// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.failure;

import org.jspecify.annotations.Nullable;

/** A closure that was called, for reports. Texts are made when they are asked for. */
public interface ReportedClosure {
    /** Returns the function pointer. */
    long address();

    /** Returns its type: the interface, and the function's type in C. */
    String type();

    /**
     * Returns the name of the class of the object that it is bound to, or was when it was closed.
     */
    String targetClass();

    /** Returns its label, also after it was closed; null if it has none. */
    @Nullable
    String label();

    /** Whether native code gets a result. */
    boolean hasResult();

    /** Describes the closure, for a log. */
    default String describe() {
        String label = label();
        return "%s%s, bound to a %s, at 0x%s".formatted(type(), label == null ? "" : " \"" + label + "\"",
                targetClass(), Long.toHexString(address()));
    }

    /** Finds closures by the ids of their slots. */
    @FunctionalInterface
    interface Finder {
        /** Returns a slot's closure. */
        ReportedClosure find(int id);
    }
}
