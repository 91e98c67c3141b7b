// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;

/** The machine's words, as large as an address: what trampolines and entries read. */
public final class Words {
    /** A word in a segment, at an offset in bytes, as a {@code long}. */
    public static final VarHandle ACCESS = ADDRESS.byteSize() == Long.BYTES
            ? JAVA_LONG.varHandle()
            : MethodHandles.filterValue(JAVA_INT.varHandle(), cast(long.class, int.class), cast(int.class, long.class));

    /** All memory, so that an offset is an address: a constant to the JIT compiler, which leaves nothing of a write but the write. */
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /** How many bytes a word has. */
    static final int SIZE = (int) ADDRESS.byteSize();

    private Words() {}

    /** Writes a word to an address. */
    static void set(long address, long value) {
        ACCESS.set(MEMORY, address, value);
    }

    /** Writes a word to an address, with release. */
    static void setRelease(long address, long value) {
        ACCESS.setRelease(MEMORY, address, value);
    }

    /** Writes words that follow each other, to an address. Not in any order. */
    static void setAll(long address, long[] values) {
        if (SIZE == Long.BYTES) {
            MemorySegment.copy(values, 0, MEMORY, JAVA_LONG, address, values.length);
            return;
        }
        int[] words = new int[values.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = (int) values[i];
        }
        MemorySegment.copy(words, 0, MEMORY, JAVA_INT, address, words.length);
    }

    private static MethodHandle cast(Class<?> from, Class<?> to) {
        return MethodHandles.explicitCastArguments(MethodHandles.identity(to), MethodType.methodType(to, from));
    }
}
