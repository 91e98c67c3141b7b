// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.data.Recorder;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A native function pointer whose calls are written into a {@link CallQueue}. They do not enter
 * Java.
 *
 * <p><b>Lifetime.</b> It is open until {@link #close}, or until its queue is closed. The garbage
 * collector does not close it. A closed one still returns its result, and records nothing, until
 * its function pointer belongs to another closure.
 *
 * <p><b>Threads.</b> All methods may be called from any thread.
 */
public final class RecordedClosure implements AutoCloseable {
    private final CallQueue queue;
    private final CallInterface type;
    private final Recorder recorder;
    private final int id;
    private final @Nullable RecordedCallHandler handler;

    /** Whether its records have a reading of the processor's counter. */
    final boolean hasClock;

    /** How its calls are read; made for each thread that takes them. For the queue's consumer. */
    @Nullable
    Arguments arguments;

    /** How many of its calls the consumer knows to be lost; for the consumer. */
    long knownLost;

    /** Another closure may have the recorder later. */
    private long lostAtClose;

    /** The queue's positions when it was closed; null while it is open. */
    private volatile long @Nullable [] closedAt;

    RecordedClosure(CallQueue queue, CallInterface type, Recorder recorder, int id,
            @Nullable RecordedCallHandler handler, boolean hasClock) {
        this.queue = queue;
        this.type = type;
        this.recorder = recorder;
        this.id = id;
        this.handler = handler;
        this.hasClock = hasClock;
    }

    /**
     * Returns the function pointer. Any native thread may call it at any time, also in a signal
     * handler.
     *
     * @return a segment of size zero, to be used until {@link #close}
     * @throws IllegalStateException if the closure is closed
     */
    public MemorySegment address() {
        if (!isOpen()) {
            throw new IllegalStateException("the recorded closure is closed: " + type);
        }
        return MemorySegment.ofAddress(recorder.function());
    }

    /** {@return the function's type} */
    public CallInterface callInterface() {
        return type;
    }

    /** {@return the queue that its calls go to} */
    public CallQueue queue() {
        return queue;
    }

    /** {@return whether it is open} Another thread may close it at any time. */
    public boolean isOpen() {
        return closedAt == null;
    }

    /** {@return the number of calls that found the queue full, so far} */
    public long lost() {
        return isOpen() ? recorder.lost() : lostAtClose;
    }

    /**
     * Stops recording. Calls that were recorded before stay in the queue. Closing it again does
     * nothing.
     */
    @Override
    public void close() {
        queue.close(this);
    }

    /** Closes it, by its queue alone. */
    void stop(long[] positions) {
        lostAtClose = recorder.lost();
        closedAt = positions;
        recorder.close();
    }

    /** The queue's positions when it was closed; null while it is open. */
    long @Nullable [] closedAt() {
        return closedAt;
    }

    Recorder recorder() {
        return recorder;
    }

    int id() {
        return id;
    }

    @Nullable
    RecordedCallHandler handler() {
        return handler;
    }

    @Override
    public String toString() {
        return "RecordedClosure[%s, %s]".formatted(isOpen() ? "%#x".formatted(recorder.function()) : "closed", type);
    }
}
