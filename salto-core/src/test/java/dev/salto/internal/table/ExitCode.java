// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

/** The code that has native code answer calls when the process ends. */
public final class ExitCode {
    private ExitCode() {}

    /** Returns the function that the generic entries call then instead of Java. */
    public static long gate() {
        return ProcessExit.gate();
    }

    /** Returns the address of an entry of that code. */
    public static long entry(String name) {
        return ProcessExit.entry(name);
    }
}
