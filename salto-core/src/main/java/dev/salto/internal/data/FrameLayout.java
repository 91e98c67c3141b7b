// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.data;

import dev.salto.internal.abi.Piece;
import dev.salto.internal.abi.Storage;
import dev.salto.internal.text.TextIndex;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Where a generic entry keeps what in its frame: all are distances in bytes from the frame's address. */
final class FrameLayout {
    private static final boolean IS_BIG_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN;

    /** The size of an integer register, and the least that an argument takes on the stack. */
    static final long WORD = ValueLayout.ADDRESS.byteSize();

    private static final int X87_SIZE = 16;

    private final TextIndex index;
    private final String entry;
    private final int integers;
    private final int vectors;
    private final int vectorSize;
    private final int resultIntegers;
    private final int resultVectors;
    private final int returnAddress;
    private final int stack;

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
    }

    /** The layout of an entry's frame. */
    static FrameLayout of(TextIndex index, String entry) {
        return new FrameLayout(index, entry);
    }

    int returnAddress() {
        return returnAddress;
    }

    /** Where a piece of an argument is, or the address of one that is passed by reference. */
    int argument(Piece piece) {
        return argument(piece.storage(), piece.size());
    }

    private int argument(Storage storage, long size) {
        return switch (storage) {
            case Storage.IntegerRegister register -> integers + (int) (register.number() * WORD) + atEnd(size);
            case Storage.VectorRegister register -> vectors + vector(register.number(), size);
            case Storage.Stack place -> stack + (int) place.offset() + atEnd(size);
            case Storage.Reference reference -> argument(reference.pointer(), WORD);
            case Storage.X87Register _ -> throw new AssertionError("no argument is on the stack of the x87");
        };
    }

    /** Where a piece of the result is put. */
    int result(Piece piece) {
        return switch (piece.storage()) {
            case Storage.IntegerRegister register ->
                resultIntegers + (int) (register.number() * WORD) + atEnd(piece.size());
            case Storage.VectorRegister register -> resultVectors + vector(register.number(), piece.size());
            case Storage.X87Register register -> index.frame(entry, "result_x87") + register.number() * X87_SIZE;
            default -> throw new AssertionError("a result is not in " + piece.storage());
        };
    }

    private int vector(int number, long size) {
        return number * (vectorSize == 0 ? (int) size : vectorSize);
    }

    /** Whether a value of a size goes into a register for vectors, and is read from its beginning. */
    boolean hasRoomFor(int size) {
        return vectorSize >= size && !IS_BIG_ENDIAN;
    }

    /** The first integer register for results. */
    int firstResult() {
        return resultIntegers;
    }

    /** On big-endian architectures, a value that is shorter than its register or its place on the stack is at the end of that. */
    private static int atEnd(long size) {
        return IS_BIG_ENDIAN ? (int) Math.max(WORD - size, 0) : 0;
    }
}
