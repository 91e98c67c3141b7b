// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.util.Objects;

/** The layouts of types of C whose size or alignment depends on the processor. */
public final class CanonicalLayouts {
    private CanonicalLayouts() {}

    /** The layout of a type that every linker of the JDK has. */
    public static MemoryLayout of(String type) {
        return Objects.requireNonNull(Linker.nativeLinker().canonicalLayouts().get(type), type);
    }
}
