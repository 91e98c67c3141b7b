// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

/** The log. */
public final class Warnings {
    private static final String NAME = "dev.salto";

    private Warnings() {}

    /**
     * Logs a warning. The logger is looked up late, because that loads classes and may open files.
     * A process without descriptors, or in another root folder, cannot do that. Then the warning
     * goes to the standard error stream.
     */
    public static void log(String message) {
        try {
            System.getLogger(NAME).log(System.Logger.Level.WARNING, message);
        } catch (RuntimeException | LinkageError e) {
            System.err.println(NAME + ": WARNING: " + message);
        }
    }
}
