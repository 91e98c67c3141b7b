// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.text;

import org.jspecify.annotations.Nullable;

/** The log: warnings, and news that are none. */
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
        /** Writes a message. */
        void write(System.Logger logger, System.Logger.Level level, String message, @Nullable Throwable exception);
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
     * Logs a warning, as {@link #log(System.Logger.Level, String, Throwable)}.
     *
     * @param exception null if there is none
     */
    public static void log(String message, @Nullable Throwable exception) {
        log(System.Logger.Level.WARNING, message, exception);
    }

    /**
     * Logs a message. The logger is looked up late, because that loads classes and may open files.
     * A process without descriptors, or in another root folder, cannot do that. Then the message
     * goes to the standard error stream.
     *
     * @param exception null if there is none
     */
    public static void log(System.Logger.Level level, String message, @Nullable Throwable exception) {
        try {
            System.Logger logger = System.getLogger(NAME);
            Writer known = writer;
            if (known == null) {
                logger.log(level, message, exception);
            } else {
                known.write(logger, level, message, exception);
            }
        } catch (RuntimeException | LinkageError e) {
            print(level, message);
        }
    }

    /** Prints a warning to the standard error stream. */
    public static void print(String message) {
        print(System.Logger.Level.WARNING, message);
    }

    private static void print(System.Logger.Level level, String message) {
        System.err.println(NAME + ": " + level + ": " + message);
    }
}
