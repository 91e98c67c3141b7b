// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.data;

import dev.salto.internal.abi.CallSequence;
import dev.salto.internal.abi.Convention;
import dev.salto.internal.abi.Piece;
import dev.salto.internal.abi.Storage;
import dev.salto.internal.abi.UnsignedType;
import dev.salto.internal.os.Memory;
import dev.salto.internal.text.TextIndex;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How to read the arguments of one function from a generic entry's frame, and where its result
 * goes. There is one plan for all calls of a function.
 */
public final class CallPlan {
    /** A value that is not in one place of the frame. */
    private static final int IN_PIECES = -1;

    /** The size of the memory behind a pointer is not known, or the argument is no pointer. */
    private static final long NO_POINTEE = 0;

    /** The size of any argument that is no segment. */
    public static final int PACKED_SLOT = 8;

    /**
     * How one argument is read.
     *
     * @param carrier its type in Java
     * @param offset its distance from the frame's address; {@link #IN_PIECES} if it is in several
     *     places
     * @param isReference whether the frame has only its address
     * @param pieces those places
     * @param pointeeSize the known size of the memory behind the pointer, in bytes
     */
    private record Argument(Carrier carrier, int offset, boolean isReference, @Nullable Pieces pieces,
            long pointeeSize) {
        static Argument inFrame(FrameLayout frame, MemoryLayout layout, List<Piece> pieces, Convention convention) {
            Carrier carrier = CallPlan.carrier(layout, pieces, convention);
            boolean isOne = pieces.size() == 1;
            boolean isReference = isOne && pieces.getFirst().storage() instanceof Storage.Reference;
            if (isOne && (carrier != Carrier.SEGMENT || !convention.widensFloats())) {
                return new Argument(carrier, frame.argument(pieces.getFirst()), isReference, null,
                        pointeeSize(layout));
            }
            Pieces all = Pieces.ofArgument(frame, pieces, convention.widensFloats());
            return all.isOneRow()
                    ? new Argument(carrier, all.first(), isReference, null, NO_POINTEE)
                    : new Argument(carrier, IN_PIECES, isReference, all, NO_POINTEE);
        }

        static Argument packed(MemoryLayout layout, int offset) {
            Carrier carrier = Carrier.of(layout);
            return new Argument(carrier, offset, carrier == Carrier.SEGMENT, null, pointeeSize(layout));
        }

        private static long pointeeSize(MemoryLayout layout) {
            return layout instanceof AddressLayout address
                    ? address.targetLayout().map(MemoryLayout::byteSize).orElse(NO_POINTEE)
                    : NO_POINTEE;
        }
    }

    private final FunctionDescriptor function;
    private final Argument[] arguments;

    private final @Nullable Carrier result;
    private final int resultOffset;
    private final @Nullable Pieces resultPieces;

    /**
     * Where the address of the memory for the result is; {@link #IN_PIECES} if the result is in
     * registers.
     */
    private final int resultPointer;

    /** The bits of an integer that are returned, of an unsigned one not those above it. */
    private final long resultMask;

    /** Whether a {@code float} has ones behind it. */
    private final boolean isBoxed;

    /** Has the places of the caller's state; null if the entry does not keep it. */
    private final @Nullable FrameLayout caller;

    private final int firstResult;
    private final int returnAddress;
    private final int answer;

    /**
     * The plan for a function.
     *
     * @param index of the text image whose generic entry stores the arguments
     * @param fixed as in {@link Convention#classify}
     * @throws IllegalArgumentException if the convention cannot pass one of the types
     */
    public CallPlan(TextIndex index, Convention convention, FunctionDescriptor function, int fixed) {
        this(index, convention.entry(), convention, function, fixed);
    }

    /**
     * The plan for a function whose arguments another entry stores.
     *
     * @param entry the name of that entry
     */
    CallPlan(TextIndex index, String entry, Convention convention, FunctionDescriptor function, int fixed) {
        this.function = function;
        FrameLayout frame = FrameLayout.of(index, entry);
        CallSequence call = convention.classify(function, fixed);
        List<MemoryLayout> layouts = function.argumentLayouts();
        arguments = new Argument[layouts.size()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = Argument.inFrame(frame, layouts.get(i), call.arguments().get(i), convention);
        }
        caller = frame.hasCaller() ? frame : null;
        isBoxed = frame.hasRoomFor(Long.BYTES);
        firstResult = frame.firstResult();
        returnAddress = frame.returnAddress();
        answer = convention.answer(call);
        resultMask = UnsignedType.mask(function, convention);
        if (call.result() instanceof CallSequence.Result.InRegisters inRegisters) {
            List<Piece> own = inRegisters.pieces();
            result = carrier(function.returnLayout().orElseThrow(), own, convention);
            resultPieces = Pieces.ofResult(frame, own, convention.widensFloats());
            resultOffset = frame.result(own.getFirst());
            resultPointer = IN_PIECES;
        } else if (call.result() instanceof CallSequence.Result.InMemory inMemory) {
            result = Carrier.SEGMENT;
            resultPieces = null;
            resultOffset = IN_PIECES;
            resultPointer = frame.argument(new Piece(0, FrameLayout.WORD, inMemory.pointer()));
        } else {
            result = function.returnLayout().isPresent() ? Carrier.SEGMENT : null;
            resultPieces = Pieces.ofResult(frame, List.of(), false);
            resultOffset = IN_PIECES;
            resultPointer = IN_PIECES;
        }
    }

    /**
     * The plan for arguments that a gate has received. They lie in a row, each in
     * {@value #PACKED_SLOT} bytes, segments by their addresses. The result follows.
     *
     * @param function the function's type
     */
    private CallPlan(FunctionDescriptor function) {
        this.function = function;
        List<MemoryLayout> layouts = function.argumentLayouts();
        arguments = new Argument[layouts.size()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = Argument.packed(layouts.get(i), i * PACKED_SLOT);
        }
        result = function.returnLayout().map(Carrier::of).orElse(null);
        resultOffset = layouts.size() * PACKED_SLOT;
        resultPieces = null;
        // The result's memory follows its address.
        resultPointer = result == Carrier.SEGMENT ? resultOffset : IN_PIECES;
        firstResult = resultOffset;
        resultMask = -1;
        isBoxed = false;
        caller = null;
        returnAddress = 0;
        answer = 0;
    }

    /** The plan for arguments that a gate has received, in a row. */
    public static CallPlan packed(FunctionDescriptor function) {
        return new CallPlan(function);
    }

    /** Prepares the memory of a packed plan: the result is zero. */
    public void beginPacked(long memory) {
        Memory.setLong(memory + resultOffset, 0);
        if (resultPointer != IN_PIECES) {
            Memory.setWord(memory + resultOffset, memory + resultOffset + PACKED_SLOT);
        }
    }

    /** The place of the result of a call through a gate. */
    public long packedResult(long memory) {
        return memory + resultOffset + (resultPointer == IN_PIECES ? 0 : PACKED_SLOT);
    }

    /** The size of the memory of a packed plan, in bytes. */
    public long packedSize() {
        return resultOffset + PACKED_SLOT
                + (resultPointer == IN_PIECES ? 0 : function.returnLayout().orElseThrow().byteSize());
    }

    private static Carrier carrier(MemoryLayout layout, List<Piece> pieces, Convention convention) {
        Carrier carrier = Carrier.of(layout);
        boolean isWidened = carrier == Carrier.FLOAT && convention.widensFloats()
                && pieces.getFirst().storage() instanceof Storage.VectorRegister;
        return isWidened ? Carrier.WIDENED_FLOAT : carrier;
    }

    /** The function's type. */
    public FunctionDescriptor function() {
        return function;
    }

    /** How many arguments there are. */
    public int count() {
        return arguments.length;
    }

    /** The type of an argument in Java. */
    public Carrier carrier(int index) {
        return arguments[index].carrier();
    }

    /** The type of the result in Java; null if there is none. */
    public @Nullable Carrier result() {
        return result;
    }

    /** The place of an argument that is no segment: its distance from the frame's address. */
    public int offset(int index) {
        return arguments[index].offset();
    }

    /**
     * The address of an argument that is a segment; 0 if it is in several places, and has to be
     * {@linkplain #copyArgument copied}.
     */
    private long address(int index, long frame) {
        Argument argument = arguments[index];
        if (argument.offset() == IN_PIECES) {
            return 0;
        }
        long address = frame + argument.offset();
        return argument.isReference() ? Memory.getWord(address) : address;
    }

    /**
     * Returns an argument that is a segment.
     *
     * @param arena ends the segment's life; must be closed before the call returns
     */
    public MemorySegment getSegment(int index, long frame, Arena arena) {
        MemoryLayout layout = function.argumentLayouts().get(index);
        long address = address(index, frame);
        if (address != 0) {
            return MemorySegment.ofAddress(address).reinterpret(layout.byteSize(), arena, null);
        }
        MemorySegment copy = arena.allocate(layout);
        copyArgument(index, frame, copy.address());
        return copy;
    }

    /** Copies an argument that is in several places. */
    private void copyArgument(int index, long frame, long to) {
        Pieces own = arguments[index].pieces();
        if (own != null) {
            own.gather(frame, to);
        }
    }

    /** Reads an argument that is not {@link Carrier#SEGMENT}, boxed. */
    public Object get(int index, long frame) {
        long place = frame + offset(index);
        return switch (carrier(index)) {
            case BOOLEAN -> Memory.getByte(place) != 0;
            case BYTE -> Memory.getByte(place);
            case SHORT -> Memory.getShort(place);
            case CHAR -> Memory.getChar(place);
            case INT -> Memory.getInt(place);
            case LONG -> Memory.getLong(place);
            case FLOAT -> Memory.getFloat(place);
            case WIDENED_FLOAT -> Memory.getWidened(place);
            case DOUBLE -> Memory.getDouble(place);
            case ADDRESS -> pointee(index, Memory.getWord(place));
            case SEGMENT -> throw new AssertionError("a segment's memory belongs to the call");
        };
    }

    /**
     * Copies an argument to a segment, as a variable in memory would have it.
     *
     * @param scratch memory for an argument that is in several places; 0 if there is none
     * @throws IndexOutOfBoundsException if it does not fit
     */
    public void copyTo(int index, long frame, MemorySegment target, long scratch) {
        long size = function.argumentLayouts().get(index).byteSize();
        long place = frame + offset(index);
        switch (carrier(index)) {
            case BOOLEAN -> target.set(ValueLayout.JAVA_BYTE, 0, (byte) (Memory.getByte(place) == 0 ? 0 : 1));
            case WIDENED_FLOAT -> target.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 0, Memory.getWidened(place));
            case SEGMENT -> {
                long address = address(index, frame);
                if (address == 0) {
                    copyArgument(index, frame, scratch);
                }
                Memory.copy(address == 0 ? scratch : address, target, size);
            }
            default -> Memory.copy(place, target, size);
        }
    }

    /** Whether the frame has only the address of an argument. */
    boolean isReference(int index) {
        return arguments[index].isReference();
    }

    /** Whether an argument is in several places. */
    public boolean isInPieces(int index) {
        return arguments[index].offset() == IN_PIECES;
    }

    /**
     * Returns what a segment has, as a variable in memory would have it.
     *
     * @throws IllegalArgumentException if the function returns nothing, or the segment is too small
     */
    public void returnFrom(long frame, MemorySegment source) {
        if (result == null) {
            throw new IllegalArgumentException("the function returns nothing: " + function);
        }
        requireRoom(source, function.returnLayout().orElseThrow(), "returned as");
        switch (result) {
            case BOOLEAN -> returnInteger(frame, Memory.getByte(source, 0) == 0 ? 0 : 1);
            case BYTE -> returnInteger(frame, Memory.getByte(source, 0));
            case SHORT -> returnInteger(frame, Memory.getShort(source, 0));
            case CHAR -> returnInteger(frame, Short.toUnsignedInt(Memory.getShort(source, 0)));
            case INT -> returnInteger(frame, Memory.getInt(source, 0));
            case LONG -> returnInteger(frame, Memory.getLong(source, 0));
            case FLOAT, WIDENED_FLOAT -> returnFloat(frame, Memory.getFloat(source, 0));
            case DOUBLE -> returnDouble(frame, Double.longBitsToDouble(Memory.getLong(source, 0)));
            case ADDRESS -> returnInteger(frame, Memory.getWord(source, 0));
            case SEGMENT -> returnSegment(frame, source);
        }
    }

    /**
     * Refuses a segment that is smaller than a value.
     *
     * @param use what cannot be done with it
     */
    public static void requireRoom(MemorySegment segment, MemoryLayout layout, String use) {
        if (segment.byteSize() < layout.byteSize()) {
            throw new IllegalArgumentException("a segment of %s bytes cannot be %s %s, which has %s"
                    .formatted(segment.byteSize(), use, layout, layout.byteSize()));
        }
    }

    /** A segment for the memory behind a pointer, as large as is known. */
    public MemorySegment pointee(int index, long address) {
        MemorySegment segment = MemorySegment.ofAddress(address);
        long size = arguments[index].pointeeSize();
        return size == NO_POINTEE ? segment : segment.reinterpret(size);
    }

    /** Returns an integer, a boolean, a character or a pointer, as wide as a register. */
    public void returnInteger(long frame, long value) {
        if (result == Carrier.LONG) {
            Memory.setLong(frame + firstResult, value);
        } else {
            Memory.setWord(frame + firstResult, value & resultMask);
        }
    }

    /** Returns a {@code float}. */
    public void returnFloat(long frame, float value) {
        if (result == Carrier.WIDENED_FLOAT) {
            Memory.setWidened(frame + resultOffset, value);
        } else if (isBoxed) {
            Memory.setBoxed(frame + resultOffset, value);
        } else {
            Memory.setFloat(frame + resultOffset, value);
        }
    }

    /** Returns a {@code double}. */
    public void returnDouble(long frame, double value) {
        Memory.setDouble(frame + resultOffset, value);
    }

    /** Whether the caller provides memory for the result. */
    public boolean returnsInMemory() {
        return resultPointer != IN_PIECES;
    }

    /**
     * Whether the entry alone does not give the caller zero, so that {@link #returnZero} is
     * needed.
     */
    public boolean mustReturnZero() {
        return returnsInMemory() || (resultPieces != null && resultPieces.hasBoxes());
    }

    /**
     * Returns the address of a segment.
     *
     * @throws IllegalArgumentException if it has none
     */
    public void returnPointer(long frame, MemorySegment value) {
        if (!value.isNative()) {
            throw new IllegalArgumentException(
                    "Heap segment not allowed: it cannot be returned as a pointer; allocate it from an Arena");
        }
        returnInteger(frame, value.address());
    }

    /**
     * Returns a segment's content. If it cannot be read, the result is zero.
     *
     * @throws IllegalArgumentException if it is too small
     * @throws IllegalStateException if it is not alive
     * @throws WrongThreadException if it is confined to another thread
     */
    public void returnSegment(long frame, MemorySegment value) {
        MemoryLayout layout = function.returnLayout().orElseThrow();
        requireRoom(value, layout, "returned as");
        try {
            if (resultPieces != null) {
                resultPieces.scatter(frame, value);
            } else {
                Memory.copy(value, 0, resultMemory(frame), layout.byteSize());
            }
        } catch (RuntimeException | Error e) {
            returnZero(frame);
            throw e;
        }
    }

    /**
     * Returns a value of the function's type, boxed. If the function returns nothing, any value
     * will do, null included.
     *
     * @throws ClassCastException if it is of another type
     * @throws NullPointerException if it is null, and the function has a result
     */
    public void returnBoxed(long frame, @Nullable Object boxed) {
        if (result == null) {
            return;
        }
        Object value = Objects.requireNonNull(boxed, "a callback returned null");
        switch (result) {
            case BOOLEAN -> returnInteger(frame, (boolean) value ? 1 : 0);
            case BYTE -> returnInteger(frame, (byte) value);
            case SHORT -> returnInteger(frame, (short) value);
            case CHAR -> returnInteger(frame, (char) value);
            case INT -> returnInteger(frame, (int) value);
            case LONG -> returnInteger(frame, (long) value);
            case FLOAT, WIDENED_FLOAT -> returnFloat(frame, (float) value);
            case DOUBLE -> returnDouble(frame, (double) value);
            case ADDRESS -> returnPointer(frame, (MemorySegment) value);
            case SEGMENT -> returnSegment(frame, (MemorySegment) value);
        }
    }

    /** Makes the result zero where the entry does not. */
    public void returnZero(long frame) {
        if (returnsInMemory()) {
            Memory.clear(resultMemory(frame), function.returnLayout().orElseThrow().byteSize());
        } else {
            Memory.clear(frame + firstResult, FrameLayout.WORD);
            if (resultPieces != null) {
                resultPieces.clear(frame);
            }
        }
    }

    /**
     * The number of the caller's last error.
     *
     * @throws IllegalStateException if the call has not come through a generic entry
     */
    public int lastError(long frame) {
        return Memory.getInt(frame + requireCaller().lastError());
    }

    /**
     * Sets the number of the last error that the caller finds.
     *
     * @throws IllegalStateException if the call has not come through a generic entry
     */
    public void setLastError(long frame, int number) {
        Memory.setInt(frame + requireCaller().lastError(), number);
    }

    /**
     * Has the entry jump to a function when Java has been left.
     *
     * @throws IllegalArgumentException if there are too many words, or they are too large
     * @throws IllegalStateException if the call has not come through a generic entry
     */
    public void leaveBy(long frame, long target, long... words) {
        FrameLayout own = requireCaller();
        if (words.length > own.leaveCount()) {
            throw new IllegalArgumentException(
                    "a call can be left with %d words in this calling convention, and %d were given; pass the address of memory with more"
                            .formatted(own.leaveCount(), words.length));
        }
        for (long word : words) {
            if (FrameLayout.WORD == Integer.BYTES && word != (int) word && word >>> Integer.SIZE != 0) {
                throw new IllegalArgumentException(
                        "%#x is no word of this architecture, whose words have 32 bits; pass its halves"
                                .formatted(word));
            }
        }
        for (int i = 0; i < own.leaveCount(); i++) {
            Memory.setWord(frame + own.leaveWords() + i * FrameLayout.WORD, i < words.length ? words[i] : 0);
        }
        Memory.setWord(frame + own.leaveFunction(), target);
    }

    /** Has the entry return to the caller after all. */
    void stay(long frame) {
        FrameLayout own = caller;
        if (own != null) {
            Memory.setWord(frame + own.leaveFunction(), 0);
        }
    }

    private FrameLayout requireCaller() {
        FrameLayout own = caller;
        if (own == null) {
            throw new IllegalStateException(
                    "the call was recorded, or came through an upcall stub, which keeps no last error and leaves by no function; use Tier.AUTOMATIC or DATA_DRIVEN with static trampolines");
        }
        return own;
    }

    /** The place in a frame of the address of the memory for the result. */
    int resultPointer() {
        return resultPointer;
    }

    /** The place in a frame of the first integer register for results. */
    int firstResult() {
        return firstResult;
    }

    /** The memory for the result, whose address is itself the result. */
    private long resultMemory(long frame) {
        long address = Memory.getWord(frame + resultPointer);
        Memory.setWord(frame + firstResult, address);
        return address;
    }

    /** The return address of the call. */
    long returnAddress(long frame) {
        return Memory.getWord(frame + returnAddress);
    }

    /** The answer to the generic entry. */
    int answer() {
        return answer;
    }
}
