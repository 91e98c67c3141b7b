// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.os.Memory;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A call of native code that was recorded. It is a view of the queue's memory, so reading it
 * allocates nothing, but for structs.
 *
 * <p><b>Lifetime and threads.</b> Only the thread that took it may use it. A handler may use it
 * until it returns. Else it is valid until the next method of the queue that takes calls. After
 * that, every method throws {@link IllegalStateException}. There is one object for all calls of a
 * queue.
 */
public final class RecordedCall {
    private final int threadPlace;
    private final int clockPlace;
    private @Nullable RecordedClosure closure;
    private @Nullable Arguments arguments;
    private long lostBefore;

    /** The address of the record, or of a copy. */
    private long record;

    RecordedCall(int threadPlace, int clockPlace) {
        this.threadPlace = threadPlace;
        this.clockPlace = clockPlace;
    }

    /**
     * Begins a call, whose record stays as it is until the next call begins or {@link #end}. It
     * stores few references, each of which takes the garbage collector some work.
     */
    void begin(RecordedClosure called, long place, long lost) {
        Arguments own = arguments;
        if (own == null || called != closure) {
            end();
            own = open(called, place);
        }
        called.recorder().complete(place);
        own.setFrame(place);
        record = place;
        lostBefore = lost;
    }

    private Arguments open(RecordedClosure called, long place) {
        Arguments own = called.arguments;
        if (own == null || !own.areOfCurrentThread()) {
            own = Arguments.ofRecorded(called.callInterface(), called.recorder().plan(), place);
            called.arguments = own;
        }
        own.plan = called.recorder().plan();
        arguments = own;
        closure = called;
        return own;
    }

    /** Makes the call invalid, for the thread that began it. */
    void end() {
        Arguments own = arguments;
        arguments = null;
        closure = null;
        if (own != null) {
            own.plan = null;
        }
    }

    /**
     * {@return the closure that native code has called}
     *
     * @throws IllegalStateException if the call is no longer valid
     */
    public RecordedClosure closure() {
        RecordedClosure called = closure;
        if (called == null) {
            throw new IllegalStateException(
                    "the recorded call is no longer valid; read it before the queue gives the next one");
        }
        return called;
    }

    /**
     * Returns the arguments, as native code passed them. Pointers lead to memory that may be gone
     * by now; {@link #bytes} has what was kept. They have no result to set.
     *
     * @return the arguments, valid as long as this call
     * @throws IllegalStateException if the call is no longer valid
     */
    public Arguments arguments() {
        RecordedClosure _ = closure();
        return Objects.requireNonNull(arguments);
    }

    /**
     * Returns the bytes that were kept with a pointer.
     *
     * @param argument the pointer's index, from 0
     * @return the bytes, valid as long as this call; their number is at most the limit of the
     *     {@link RecordingOption}
     * @throws IllegalArgumentException if the closure keeps none with this argument
     * @throws IllegalStateException if the call is no longer valid
     */
    public MemorySegment bytes(int argument) {
        MemorySegment copied = closure().recorder().copied(record, argument);
        if (copied == null) {
            throw new IllegalArgumentException(
                    "the bytes behind argument %d are not kept; bind the closure with RecordingOption.copyBytes, copyCounted or copyString"
                            .formatted(argument));
        }
        return copied;
    }

    /**
     * Returns the bytes that were kept with a pointer as a string.
     *
     * @param argument the pointer's index, from 0
     * @return the bytes in UTF-8, up to their number or the first NUL. Malformed ones are replaced
     * @throws IllegalArgumentException if the closure keeps none with this argument
     * @throws IllegalStateException if the call is no longer valid
     */
    public String string(int argument) {
        MemorySegment copied = bytes(argument);
        int size = 0;
        while (size < copied.byteSize() && Memory.getByte(copied, size) != 0) {
            size++;
        }
        byte[] bytes = new byte[size];
        MemorySegment.ofArray(bytes).copyFrom(copied.asSlice(0, size));
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /**
     * Returns an identity of the thread that made the call: its thread pointer. Another thread can
     * have the same after this one has ended.
     *
     * @return the thread pointer
     * @throws IllegalStateException if the call is no longer valid
     */
    public long thread() {
        RecordedClosure _ = closure();
        return Memory.getWord(record + threadPlace);
    }

    /**
     * Returns the processor's counter at the time of the call. It is the time-stamp counter of
     * x86, the virtual counter of AArch64, the time of RISC-V, or the time base of POWER. On s390x
     * it is the clock, and on LoongArch the stable counter. Arm has none for all processors.
     *
     * @return a reading whose unit depends on the processor; 0 on Arm, and {@linkplain
     *     RecordingOption#withoutClock without a clock}
     * @throws IllegalStateException if the call is no longer valid
     */
    public long clock() {
        return closure().hasClock ? Memory.getLong(record + clockPlace) : 0;
    }

    /**
     * Returns how many calls of the closure were lost before this one, and after the one that was
     * taken before.
     *
     * @return the number of lost calls, mostly 0
     * @throws IllegalStateException if the call is no longer valid
     */
    public long lostBefore() {
        RecordedClosure _ = closure();
        return lostBefore;
    }

    @Override
    public String toString() {
        RecordedClosure called = closure;
        return called == null ? "RecordedCall[no longer valid]" : "RecordedCall[%s]".formatted(called);
    }
}
