// SPDX-License-Identifier: Apache-2.0

package dev.salto.text.callers;

import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/** The layouts of C types that are not the same on every architecture. */
public final class CTypes {
    /** {@code long}, {@code size_t} and the like, which have the size of a pointer. */
    public static final ValueLayout LONG = canonical("long");

    /**
     * {@code long long} or {@code int64_t}: 64 bits everywhere, but i386 aligns them to 4 bytes.
     */
    public static final ValueLayout.OfLong LONG_LONG = (ValueLayout.OfLong) canonical("long long");

    /** {@code double}, which i386 aligns to 4 bytes as well. */
    public static final ValueLayout.OfDouble DOUBLE = (ValueLayout.OfDouble) canonical("double");

    /** {@code intptr_t} and the like: a number as large as a pointer, everywhere. */
    public static final ValueLayout WORD = canonical("size_t");

    private CTypes() {}

    private static ValueLayout canonical(String type) {
        return (ValueLayout) Objects.requireNonNull(Linker.nativeLinker().canonicalLayouts().get(type));
    }
}
