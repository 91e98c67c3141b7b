// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.events;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Records events. Without a recording, an event costs a comparison or two, and its class is not
 * loaded. All methods may be called from any thread.
 */
public final class Events {
    /** The Flight Recorder is not in every runtime image. */
    private static final boolean HAS_RECORDER = isVisible("jdk.jfr.FlightRecorder");

    /** Whether a thread has added the report, which the recorder takes once. */
    private static final AtomicBoolean IS_REPORTING = new AtomicBoolean();

    private Events() {}

    /** Whether classes of this module can use a class of the JDK. */
    static boolean isVisible(String name) {
        try {
            Class.forName(name, false, Events.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    /** Whether there is a recording. */
    public static boolean isRecording() {
        return HAS_RECORDER && Recorder.isRunning();
    }

    /**
     * A table was mapped.
     *
     * @param size the size of its header or its blocks in bytes
     */
    public static void tableMapped(long address, int trampolines, long size) {
        if (isRecording()) {
            Recorder.tableMapped(hexadecimal(address), trampolines, size);
        }
    }

    /**
     * A gate was made.
     *
     * @param type the type of its closures
     */
    public static void gateMade(String type) {
        if (isRecording()) {
            Recorder.gateMade(type);
        }
    }

    /** Native code called a closed closure. */
    public static void usedAfterFree(String type, String targetClass, long returnAddress) {
        if (isRecording()) {
            Recorder.usedAfterFree(type, targetClass, hexadecimal(returnAddress));
        }
    }

    /**
     * Closures were open at the end of a chunk.
     *
     * @param boundAt the innermost frame of where they were bound; empty if that was not traced
     */
    public static void openClosures(String type, String label, String boundAt, long count) {
        Recorder.openClosures(type, label, boundAt, count);
    }

    /**
     * Has a report made at the end of each chunk of a recording, if anybody records now.
     *
     * @param report calls {@link #openClosures}; the same in each call of this method
     */
    public static void atEndOfChunks(Runnable report) {
        if (!IS_REPORTING.get() && isRecording() && IS_REPORTING.compareAndSet(false, true)) {
            Recorder.atEndOfChunks(report);
        }
    }

    /** An exception left a callback. */
    public static void exceptionInCallback(Throwable exception, boolean isCarried) {
        if (isRecording()) {
            Recorder.exceptionInCallback(exception.getClass().getName(), message(exception), isCarried);
        }
    }

    /** Closures are upcall stubs. */
    public static void fallbackInUse(@Nullable String reason) {
        if (isRecording()) {
            Recorder.fallbackInUse(message(reason));
        }
    }

    /** The class of the exception may be a user's, whose methods may fail. */
    private static String message(Throwable exception) {
        try {
            return message(exception.getMessage());
        } catch (Throwable e) {
            return "";
        }
    }

    private static String message(@Nullable String message) {
        return Objects.requireNonNullElse(message, "");
    }

    /** Not by {@link String#format}, which loads data of the locale. */
    private static String hexadecimal(long address) {
        return "0x" + Long.toHexString(address);
    }
}
