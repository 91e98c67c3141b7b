// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.ADDRESS;

import dev.salto.internal.os.NativeAccess;
import dev.salto.internal.table.UserTable;
import dev.salto.internal.text.TextImage;
import dev.salto.internal.text.TextIndex;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * A table of trampolines: function pointers with an index, whose targets and data are plain memory
 * that the owner writes. It is for language runtimes that manage their trampolines themselves, and
 * resembles the trampoline tables of the trampfd proposal for Linux.
 *
 * <p>Target and data of trampoline {@code i} are the words at {@code i * stride()} in
 * {@link #targets} and {@link #data}. A target is the address of native code, which finds its data
 * in the scratch register, as with a {@link Trampoline}. At first, all trampolines do nothing and
 * return zero.
 *
 * {@snippet :
 * try (TrampolineTable table = TrampolineTable.allocate(100)) {
 *     table.data().set(ADDRESS, 7 * table.stride(), data);
 *     table.targets().set(ADDRESS, 7 * table.stride(), nativeFunction);
 *     MemorySegment functionPointer = table.address(7);
 * }
 * }
 *
 * <p><b>Threads.</b> Any thread may write the words while others call. A trampoline reads each word
 * once, and a word that is written as a whole is read as a whole. If both change, a call at that
 * moment can see one of them old. Write the data first, and publish it before native code of other
 * threads gets the address or the target. A volatile write of the target does that
 * ({@code ADDRESS.varHandle().setVolatile(...)}).
 *
 * <p>On AArch64, Arm, RISC-V and LoongArch, a native thread can nevertheless see the old words. To
 * prevent that, it executes a barrier after it gets the address and before it calls it.
 */
public final class TrampolineTable implements AutoCloseable {
    private final int count;
    private final TextIndex index;
    private final UserTable table;
    private final Arena arena = Arena.ofShared();

    /** The time in which {@link #targets} and {@link #data} may be written. */
    private final Arena writing = Arena.ofShared();

    private volatile MemorySegment targets;
    private volatile MemorySegment data;
    private boolean sealed;
    private boolean closed;

    private TrampolineTable(int count, TextIndex index, UserTable table) {
        this.count = count;
        this.index = index;
        this.table = table;
        this.targets = words(index.blockEntry(), writing);
        this.data = words(index.blockArgument(), writing);
    }

    private MemorySegment words(int offsetInBlock, Arena life) {
        long size = count == 0 ? 0 : (count - 1L) * index.blockSize() + ADDRESS.byteSize();
        return table.blocks().asSlice(offsetInBlock, size).reinterpret(life, null);
    }

    /**
     * {@return the largest number of trampolines in one table}
     *
     * @throws TrampolinesUnsupportedException if trampolines do not work here; the message says why
     * @throws IllegalCallerException if the JVM was started so that Salto must not call native code
     */
    public static int capacity() {
        return TrampolinesUnsupportedException.textImage().index().trampolineCount();
    }

    /**
     * Allocates trampolines.
     *
     * @param count the number of trampolines, at most {@link #capacity}
     * @return a new table, to be closed
     * @throws IllegalArgumentException if {@code count} is negative or above the capacity
     * @throws IllegalStateException if the system has no memory or no mapping left; the message
     *     holds its reason
     * @throws TrampolinesUnsupportedException if trampolines do not work here; the message says why
     * @throws IllegalCallerException if Salto, or the module of the caller, has no native access;
     *     the message names the option that grants it
     */
    public static TrampolineTable allocate(int count) {
        if (NativeAccess.mayBeDenied()) {
            NativeAccess.check(NativeAccess.callers().getCallerClass(), "TrampolineTable.allocate");
        }
        TextImage image = TrampolinesUnsupportedException.textImage();
        if (count < 0 || count > image.index().trampolineCount()) {
            throw new IllegalArgumentException(
                    "%d trampolines were asked for; a table can have 0 to %d, so allocate more tables"
                            .formatted(count, image.index().trampolineCount()));
        }
        UserTable table = UserTable.take(image);
        try {
            return new TrampolineTable(count, image.index(), table);
        } catch (RuntimeException | Error e) {
            table.giveBack();
            throw e;
        }
    }

    /** {@return the number of trampolines} */
    public int count() {
        return count;
    }

    /**
     * Returns the function pointer of a trampoline.
     *
     * @param i the trampoline's index
     * @return a segment of size zero, valid until {@link #close}
     * @throws IndexOutOfBoundsException if there is no such trampoline
     * @throws IllegalStateException if the table is closed
     */
    public MemorySegment address(int i) {
        Objects.checkIndex(i, count);
        return MemorySegment.ofAddress(table.address(i)).reinterpret(arena, null);
    }

    /**
     * Returns the targets: one word for each trampoline, {@link #stride} bytes apart. The bytes
     * between them must not be written.
     *
     * @return a segment that is alive until {@link #close} or {@link #seal}
     */
    public MemorySegment targets() {
        return targets;
    }

    /**
     * Returns the data: one word for each trampoline, {@link #stride} bytes apart. The bytes
     * between them must not be written.
     *
     * @return a segment that is alive until {@link #close} or {@link #seal}
     */
    public MemorySegment data() {
        return data;
    }

    /** {@return the distance from one trampoline's word to the next one's, in bytes} */
    public long stride() {
        return index.blockSize();
    }

    /**
     * Makes targets and data read-only for good. If the kernel has {@code mseal} (Linux 6.10), no
     * code in the process can change that. Earlier segments of {@link #targets} and {@link #data}
     * can no longer be used; these methods return new ones, for reading. Sealing it again does
     * nothing.
     *
     * <p>If it fails, trampolines still lead to their targets, but their words may no longer be
     * writable. Then this method and {@link #close} can be called again.
     *
     * @throws IllegalStateException if the table is closed, the system refuses, or a thread uses
     *     the words' segments in a native call at this moment
     */
    public synchronized void seal() {
        if (!arena.scope().isAlive()) {
            throw new IllegalStateException("the trampoline table is closed");
        }
        if (!sealed) {
            MemorySegment readableTargets = words(index.blockEntry(), arena).asReadOnly();
            MemorySegment readableData = words(index.blockArgument(), arena).asReadOnly();
            // No thread may be in the middle of a write when writing ends the process.
            endWriting();
            table.seal();
            sealed = true;
            targets = readableTargets;
            data = readableData;
        }
    }

    /**
     * Frees all trampolines at once. Calls that have reached their target continue. The trampolines
     * of a sealed table cannot be changed, and still lead to their targets. Closing it again does
     * nothing.
     *
     * <p>If it fails, it can be called again. Until it succeeds, trampolines still lead to their
     * targets, but words and function pointers may no longer be accessible.
     *
     * @throws IllegalStateException if a thread uses one of the table's segments in a native call
     *     at this moment. After a failed {@link #seal}, also if the system refuses to make the
     *     table writable
     */
    @Override
    public synchronized void close() {
        if (!closed) {
            endWriting();
            if (arena.scope().isAlive()) {
                arena.close();
            }
            if (!sealed) {
                table.giveBack();
            }
            closed = true;
        }
    }

    private void endWriting() {
        if (writing.scope().isAlive()) {
            writing.close();
        }
    }

    @Override
    public String toString() {
        return "TrampolineTable[%d%s]".formatted(count, arena.scope().isAlive() ? "" : ", closed");
    }
}
