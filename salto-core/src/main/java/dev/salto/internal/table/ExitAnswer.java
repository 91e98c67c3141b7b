// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The answer to calls of one kind after the JVM has ended, in native memory.
 *
 * @param address where it lies; 0 if all registers are zero
 * @param memory keeps the memory; null if it is there for good
 */
public record ExitAnswer(long address, @Nullable MemorySegment memory) {
    /** Zero in all registers for results. */
    public static final ExitAnswer ZERO = new ExitAnswer(0, null);
}
