// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.abi;

import java.lang.foreign.FunctionDescriptor;

/**
 * What the calling convention of one architecture adds to Salto. A port has no state.
 *
 * <p>Beside the methods here it consists of the {@code .S} file of the same name.
 */
public interface Port {
    /** The name of the architecture: that of the {@code .S} file and of the text image. */
    String architecture();

    /** Whether this port is for the JVM that runs. */
    boolean isForThisJvm();

    /**
     * Where a hidden {@code int} argument goes that is appended to a function's own arguments.
     *
     * @param function the function without the hidden argument
     * @return the name of the entry that puts it there
     * @throws IllegalArgumentException if no entry can do that for this function; the message says why
     */
    String entryForHiddenArgument(FunctionDescriptor function);
}
