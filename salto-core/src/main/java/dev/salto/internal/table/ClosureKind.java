// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.lang.foreign.FunctionDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * What the closures of a table are. It holds no class, so that those of a signature can be unloaded.
 *
 * @param objects the name of the class of objects that they are bound to
 * @param function the type in C
 * @param resultInMemory the size in bytes of a result for which the caller provides memory; 0 if it comes back otherwise
 * @param dataDriven how calls that the universal gate answers are to be answered; null if there are none
 */
public record ClosureKind(String objects, FunctionDescriptor function, long resultInMemory,
        @Nullable Object dataDriven) {
    /** What closures are that have a gate. */
    public ClosureKind(String objects, FunctionDescriptor function, long resultInMemory) {
        this(objects, function, resultInMemory, null);
    }

    /** For people. */
    public String describe() {
        try {
            return objects + ", " + function;
        } catch (RuntimeException | Error e) {
            // The text of a layout takes data of the locale, which a process does not find any more that is in another root folder.
            return objects;
        }
    }
}
