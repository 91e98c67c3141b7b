// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.data;

import dev.salto.internal.abi.CallSequence;
import dev.salto.internal.abi.Convention;
import dev.salto.internal.abi.Piece;
import dev.salto.internal.abi.Storage;
import dev.salto.internal.os.Memory;
import dev.salto.internal.os.MemoryRange;
import dev.salto.internal.os.Os;
import dev.salto.internal.os.OsException;
import dev.salto.internal.table.BlockSlots;
import dev.salto.internal.text.TextImage;
import dev.salto.internal.text.TextIndex;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One closure whose calls are recorded: its function pointer, what the entry {@code record} reads,
 * and how to read the records.
 *
 * <p>All methods may be called from any thread, except that one thread at a time {@link #close
 * closes}.
 */
public final class Recorder {
    /** Bits of a C {@code int} in a word. */
    private static final long INT_BITS = 0xffff_ffffL;

    private static @Nullable Pool pool;

    /** The function pointers of all queues, each with its recorder. Calls may be inside, always. */
    private static final class Pool {
        private final BlockSlots slots;
        private final TextIndex index;
        private final int recorderSize;

        /** The address of each slot's recorder, by slot. Replaced, but never changed. */
        private long[] recorders = {};

        private MemoryRange free = new MemoryRange(0, 0);

        Pool(TextImage image) {
            this.slots = BlockSlots.ofTargets(image);
            this.index = image.index();
            this.recorderSize = index.frame("recorder", "size");
        }

        /** The recorder of a slot, which stays the slot's for good. */
        synchronized long recorder(int slot) throws OsException {
            if (slot < recorders.length && recorders[slot] != 0) {
                return recorders[slot];
            }
            if (free.size() < recorderSize) {
                free = Os.current().map((long) recorderSize * BLOCK);
            }
            long[] more = Arrays.copyOf(recorders, Math.max(recorders.length, slot / BLOCK * BLOCK + BLOCK));
            more[slot] = free.address();
            recorders = more;
            free = new MemoryRange(free.address() + recorderSize, free.size() - recorderSize);
            return more[slot];
        }

        private static final int BLOCK = 128;
    }

    private final Pool own;
    private final int slot;
    private final long address;
    private final CallPlan plan;
    private final List<CopiedBytes> copies;
    private final int[] copyTargets;

    /** The places of pointers to structs that are passed by reference, and of their bytes. */
    private final int[] references;

    /** How much of a record its calls fill, in bytes. */
    private final long size;

    private Recorder(Pool own, int slot, long address, CallPlan plan, List<CopiedBytes> copies, int[] copyTargets,
            int[] references, long size) {
        this.own = own;
        this.slot = slot;
        this.address = address;
        this.plan = plan;
        this.copies = copies;
        this.copyTargets = copyTargets;
        this.references = references;
        this.size = size;
    }

    private static synchronized Pool pool(TextImage image) {
        Pool made = pool;
        if (made == null) {
            made = new Pool(image);
            pool = made;
        }
        return made;
    }

    /**
     * Makes a function pointer whose calls are recorded.
     *
     * @param ring where they go
     * @param convention of the function
     * @param function the function's type
     * @param fixed as in {@link Convention#classify}
     * @param result the result of all calls, of the function's type; null for zero
     * @param copied the bytes behind pointers to keep, checked against the function
     * @param hasClock whether each record gets a reading of the processor's counter
     * @param id what each record has as the closure's number
     * @throws IllegalArgumentException if calls of the function cannot be recorded, or take more
     *     room than a record has; the message says why
     * @throws OsException if the system refuses the memory
     */
    public static Recorder bind(TextImage image, CallRing ring, Convention convention, FunctionDescriptor function,
            int fixed, @Nullable Object result, List<CopiedBytes> copied, boolean hasClock, int id) throws OsException {
        TextIndex index = image.index();
        String entry = convention.entry().replace("generic", "record");
        if (!index.entries().containsKey(entry)) {
            throw new IllegalArgumentException(
                    "calls of %s cannot be recorded: its calling convention has no entry for that; use Abi.NATIVE"
                            .formatted(function));
        }
        CallPlan withResult = new CallPlan(index, entry, convention, function, fixed);
        CallSequence call = convention.classify(function, fixed);
        if (withResult.returnsInMemory()) {
            throw new IllegalArgumentException(
                    "calls of %s cannot be recorded, because it returns a struct in its caller's memory; use CallInterface.bind"
                            .formatted(function));
        }
        CallPlan plan = new CallPlan(index, entry, convention,
                function.returnLayout().isPresent()
                        ? FunctionDescriptor.ofVoid(function.argumentLayouts().toArray(MemoryLayout[]::new))
                        : function,
                fixed);
        Words words = new Words(index, entry, plan, call);
        words.addReferences();
        words.addAll(copied);
        words.requireRoom(ring, index.frame(entry, "stack"));
        Pool all = pool(image);
        int slot = all.slots.take();
        long address = all.recorder(slot);
        words.write(address, withResult, result, hasClock, id);
        Memory.setWordRelease(address + index.frame("recorder", "queue"), ring.queue());
        all.slots.leadToEntry(slot, entry, address);
        return new Recorder(all, slot, address, plan, List.copyOf(copied), words.targets(words.referenceCount),
                words.references(), words.end);
    }

    /** The words of a function's recorder. */
    private static final class Words {
        private final TextIndex index;
        private final CallPlan plan;
        private final List<CopiedBytes> copies = new ArrayList<>();
        private final List<Integer> targets = new ArrayList<>();
        private int referenceCount;
        private long stackSize;
        private boolean hasVectors;
        private long end;

        Words(TextIndex index, String entry, CallPlan plan, CallSequence call) {
            this.index = index;
            this.plan = plan;
            for (List<Piece> pieces : call.arguments()) {
                for (Piece piece : pieces) {
                    see(piece.storage() instanceof Storage.Reference reference ? reference.pointer() : piece.storage(),
                            piece.storage() instanceof Storage.Reference ? Memory.WORD_SIZE : piece.size());
                }
            }
            end = index.frame(entry, "stack") + stackSize;
        }

        private void see(Storage storage, long size) {
            hasVectors |= storage instanceof Storage.VectorRegister || storage instanceof Storage.QuadRegister;
            if (storage instanceof Storage.Stack place) {
                stackSize = Math.max(stackSize, words(place.offset() + size));
            }
        }

        private static long words(long size) {
            return (size + Memory.WORD_SIZE - 1) / Memory.WORD_SIZE * Memory.WORD_SIZE;
        }

        /** Structs whose address alone is passed are gone after the call, so they are copied. */
        void addReferences() {
            for (int i = 0; i < plan.count(); i++) {
                if (plan.isReference(i)) {
                    add(new CopiedBytes(i, (int) plan.function().argumentLayouts().get(i).byteSize(),
                            CopiedBytes.NO_ARGUMENT, false));
                    referenceCount++;
                }
            }
        }

        void addAll(List<CopiedBytes> more) {
            for (CopiedBytes copy : more) {
                add(copy);
            }
        }

        private void add(CopiedBytes copy) {
            copies.add(copy);
            targets.add((int) end);
            // The number comes first.
            end += Memory.WORD_SIZE + words(copy.limit());
        }

        void requireRoom(CallRing ring, int withoutRoom) {
            if (end > ring.stride()) {
                throw new IllegalArgumentException(
                        "a call of %s takes %d bytes besides its registers, and the queue has %d for each; create the queue with more bytes per call"
                                .formatted(plan.function(), end - withoutRoom, ring.stride() - withoutRoom));
            }
            int most = (index.frame("recorder", "size") - index.frame("recorder", "copy"))
                    / index.frame("record", "copy_size");
            if (copies.size() > most) {
                throw new IllegalArgumentException(
                        "%d arguments of %s were to be copied, with its structs; a recorded call copies at most %d"
                                .formatted(copies.size(), plan.function(), most));
            }
        }

        int[] targets(int from) {
            return targets.stream().skip(from).mapToInt(Integer::intValue).toArray();
        }

        /** Places of pointers, each with the place of its bytes behind it. */
        int[] references() {
            int[] places = new int[2 * referenceCount];
            for (int i = 0; i < referenceCount; i++) {
                places[2 * i] = plan.offset(copies.get(i).argument());
                places[2 * i + 1] = targets.get(i) + Memory.WORD_SIZE;
            }
            return places;
        }

        /** Writes all but the queue. */
        void write(long recorder, CallPlan withResult, @Nullable Object result, boolean hasClock, int id) {
            Memory.clear(recorder, index.frame("recorder", "size"));
            if (result != null) {
                withResult.returnBoxed(recorder, result);
            } else if (withResult.mustReturnZero()) {
                withResult.returnZero(recorder);
            }
            set(recorder, "recorder", "id", id);
            set(recorder, "recorder", "no_clock", hasClock ? 0 : 1);
            set(recorder, "recorder", "vectors", hasVectors ? 1 : 0);
            set(recorder, "recorder", "stack", stackSize);
            set(recorder, "recorder", "answer", withResult.answer());
            int size = index.frame("record", "copy_size");
            set(recorder, "recorder", "copies", (long) copies.size() * size);
            long place = recorder + index.frame("recorder", "copy");
            for (int i = 0; i < copies.size(); i++) {
                write(place, copies.get(i), targets.get(i));
                place += size;
            }
        }

        private void write(long place, CopiedBytes copy, int target) {
            set(place, "record", "copy_pointer", plan.offset(copy.argument()));
            set(place, "record", "copy_target", target);
            set(place, "record", "copy_limit", copy.limit());
            set(place, "record", "copy_to_nul", copy.toNul() ? 1 : 0);
            if (copy.lengthArgument() != CopiedBytes.NO_ARGUMENT) {
                boolean isInt = plan.carrier(copy.lengthArgument()) == Carrier.INT;
                int word = plan.offset(copy.lengthArgument()) / Memory.WORD_SIZE * Memory.WORD_SIZE;
                set(place, "record", "copy_length", word);
                set(place, "record", "copy_length_mask", isInt ? INT_BITS : -1);
            }
        }

        private void set(long place, String prefix, String name, long value) {
            Memory.setWord(place + index.frame(prefix, name), value);
        }
    }

    /** The function pointer. */
    public long function() {
        return own.slots.address(slot);
    }

    /** How much of a record its calls fill, in bytes. */
    public long size() {
        return size;
    }

    /** How to read the arguments from a record. */
    public CallPlan plan() {
        return plan;
    }

    /** How many calls found no free record. */
    public long lost() {
        long lost = Memory.getWordAcquire(address + own.index.frame("recorder", "lost"));
        return Memory.WORD_SIZE == Integer.BYTES ? lost & INT_BITS : lost;
    }

    /** Lets calls return without a record. */
    public void close() {
        Memory.setWordRelease(address + own.index.frame("recorder", "queue"), 0);
        own.slots.giveBackAsIs(slot);
    }

    /** Replaces the addresses of structs that were passed by reference by those of their copies. */
    public void complete(long record) {
        for (int i = 0; i < references.length; i += 2) {
            Memory.setWord(record + references[i], record + references[i + 1]);
        }
    }

    /**
     * The bytes that were copied with a pointer.
     *
     * @param argument the pointer's index
     * @return null if none are
     */
    public @Nullable MemorySegment copied(long record, int argument) {
        for (int i = 0; i < copyTargets.length; i++) {
            if (copies.get(i).argument() == argument) {
                long place = record + copyTargets[i];
                return Memory.segment(place + Memory.WORD_SIZE, Memory.getWord(place));
            }
        }
        return null;
    }
}
