// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import org.jspecify.annotations.Nullable;

/** The log. */
public final class Warnings {
    private static final String NAME = "dev.salto";

    private static volatile @Nullable Writer writer;

    private Warnings() {}

    /**
     * Writes to a logger. Log lines are headed by the class that does: one with a name that users
     * know.
     */
    @FunctionalInterface
    public interface Writer {
        /** Writes a warning. */
        void write(System.Logger logger, String message, @Nullable Throwable exception);
    }

    /** Sets the class that heads log lines. */
    public static void setWriter(Writer newWriter) {
        writer = newWriter;
    }

    /** Logs a warning, as {@link #log(String, Throwable)}. */
    public static void log(String message) {
        log(message, null);
    }

    /**
     * Logs a warning. The logger is looked up late, because that loads classes and may open files.
     * A process without descriptors, or in another root folder, cannot do that. Then the warning
     * goes to the standard error stream.
     *
     * @param exception null if there is none
     */
    public static void log(String message, @Nullable Throwable exception) {
        try {
            System.Logger logger = System.getLogger(NAME);
            Writer known = writer;
            if (known == null) {
                logger.log(System.Logger.Level.WARNING, message, exception);
            } else {
                known.write(logger, message, exception);
            }
        } catch (RuntimeException | LinkageError e) {
            print(message);
        }
    }

    /** Prints a warning to the standard error stream. */
    public static void print(String message) {
        System.err.println(NAME + ": WARNING: " + message);
    }
}
