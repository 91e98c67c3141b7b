// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.data;

import dev.salto.internal.abi.Piece;
import dev.salto.internal.abi.Storage;
import dev.salto.internal.text.TextIndex;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The places in a generic entry's frame: all are distances in bytes from the frame's address. */
final class FrameLayout {
    private static final boolean IS_BIG_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN;

    /** The size of an integer register, and the smallest place of an argument on the stack. */
    static final long WORD = ValueLayout.ADDRESS.byteSize();

    private static final int X87_SIZE = 16;

    private static final int QUAD_SIZE = 16;

    /** In place of a place that a frame does not have. */
    private static final int NOWHERE = -1;

    /** By the name of the entry. A process has one text image. */
    private static final Map<String, FrameLayout> KNOWN = new ConcurrentHashMap<>();

    private final TextIndex index;
    private final String entry;
    private final int integers;
    private final int vectors;
    private final int vectorSize;
    private final int resultIntegers;
    private final int resultVectors;
    private final int returnAddress;
    private final int stack;
    private final int lastError;
    private final int leaveFunction;
    private final int leaveWords;
    private final int leaveCount;

    private FrameLayout(TextIndex index, String entry) {
        this.index = index;
        this.entry = entry;
        integers = index.frame(entry, "integers");
        vectors = index.frame(entry, "vectors");
        vectorSize = index.frame(entry, "vector_size");
        resultIntegers = index.frame(entry, "result_integers");
        resultVectors = index.frame(entry, "result_vectors");
        returnAddress = index.frame(entry, "return_address");
        stack = index.frame(entry, "stack");
        lastError = ofCaller("last_error");
        leaveFunction = ofCaller("leave_function");
        leaveWords = ofCaller("leave_words");
        leaveCount = ofCaller("leave_count");
    }

    private int ofCaller(String place) {
        return index.hasFrame(entry, place) ? index.frame(entry, place) : NOWHERE;
    }

    /** The layout of an entry's frame. */
    static FrameLayout of(TextIndex index, String entry) {
        FrameLayout known = KNOWN.get(entry);
        if (known == null) {
            known = new FrameLayout(index, entry);
            KNOWN.put(entry, known);
        }
        return known;
    }

    int returnAddress() {
        return returnAddress;
    }

    /** Whether the entry keeps the caller's last error, and can leave by a function. */
    boolean hasCaller() {
        return lastError != NOWHERE;
    }

    /** The four bytes of the number of the caller's last error. */
    int lastError() {
        return lastError;
    }

    /** The word with the address of the function to leave by; 0 if there is none. */
    int leaveFunction() {
        return leaveFunction;
    }

    /** The words for that function. */
    int leaveWords() {
        return leaveWords;
    }

    /** The largest number of words. */
    int leaveCount() {
        return leaveCount;
    }

    /** Where a piece of an argument is, or the address of one that is passed by reference. */
    int argument(Piece piece) {
        return argument(piece.storage(), piece.size());
    }

    private int argument(Storage storage, long size) {
        // No switch over patterns, here and in result(): the first closure of each type waits for
        // this.
        if (storage instanceof Storage.IntegerRegister register) {
            return integers + (int) (register.number() * WORD) + atEnd(size);
        }
        if (storage instanceof Storage.VectorRegister register) {
            return vectors + vector(register.number(), size);
        }
        if (storage instanceof Storage.Stack place) {
            return stack + (int) place.offset() + atEnd(size);
        }
        if (storage instanceof Storage.Reference reference) {
            return argument(reference.pointer(), WORD);
        }
        if (storage instanceof Storage.QuadRegister register) {
            return index.frame(entry, "quads") + register.number() * QUAD_SIZE;
        }
        throw new AssertionError("no argument is in " + storage);
    }

    /** The place of a piece of the result. */
    int result(Piece piece) {
        if (piece.storage() instanceof Storage.IntegerRegister register) {
            return resultIntegers + (int) (register.number() * WORD) + atEnd(piece.size());
        }
        if (piece.storage() instanceof Storage.VectorRegister register) {
            return resultVectors + vector(register.number(), piece.size());
        }
        if (piece.storage() instanceof Storage.X87Register register) {
            return index.frame(entry, "result_x87") + register.number() * X87_SIZE;
        }
        if (piece.storage() instanceof Storage.QuadRegister register) {
            return index.frame(entry, "result_quads") + register.number() * QUAD_SIZE;
        }
        throw new AssertionError("a result is not in " + piece.storage());
    }

    private int vector(int number, long size) {
        return number * (vectorSize == 0 ? (int) size : vectorSize);
    }

    /**
     * Whether a value of a size goes into a register for vectors, and is read from its beginning.
     */
    boolean hasRoomFor(int size) {
        return vectorSize >= size && !IS_BIG_ENDIAN;
    }

    /** The first integer register for results. */
    int firstResult() {
        return resultIntegers;
    }

    /**
     * On big-endian architectures, a short value is at the end of its register or its place on the
     * stack.
     */
    private static int atEnd(long size) {
        return IS_BIG_ENDIAN ? (int) Math.max(WORD - size, 0) : 0;
    }
}
