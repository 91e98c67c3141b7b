// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;

/**
 * The integers that a callee widens with zeros when it returns them. Their layouts are those of the
 * signed ones, with a name that tells the type.
 */
public final class UnsignedType {
    /** The name of {@code unsigned char}. */
    public static final String CHAR = "unsigned char";

    /** The name of {@code unsigned short}. */
    public static final String SHORT = "unsigned short";

    /** The name of {@code unsigned int}. */
    public static final String INT = "unsigned int";

    private UnsignedType() {}

    /** Whether a function has such a result, which no stub of the JDK widens. */
    public static boolean isReturnedBy(FunctionDescriptor function) {
        return function.returnLayout().isPresent() && is(function.returnLayout().get());
    }

    private static boolean is(MemoryLayout layout) {
        String name = layout.name().orElse("");
        return (layout instanceof ValueLayout.OfByte && name.equals(CHAR))
                || (layout instanceof ValueLayout.OfShort && name.equals(SHORT))
                || (layout instanceof ValueLayout.OfInt && name.equals(INT));
    }

    /** The bits of a result that a callee keeps of an integer that Java has widened by its sign. */
    public static long mask(FunctionDescriptor function, Convention convention) {
        if (!isReturnedBy(function)) {
            return -1;
        }
        MemoryLayout result = function.returnLayout().get();
        boolean isBySign = result instanceof ValueLayout.OfInt && convention.extendsUnsignedIntsBySign();
        return isBySign ? -1 : -1L >>> (Long.SIZE - result.byteSize() * Byte.SIZE);
    }
}
