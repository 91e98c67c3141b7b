// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.os.NativeAccess;
import dev.salto.internal.table.BlockSlots;
import dev.salto.internal.text.TextImage;
import dev.salto.internal.text.TextImageException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A native function pointer that hands data to native code. A call of it jumps to a target, which
 * finds the data in the scratch register. So a program need not make code at run time just to put
 * one constant into it: static code and data do the same.
 *
 * <p>The target sees the arguments, the stack and the return address of the caller, as after a
 * direct call. The scratch register is one that the calling convention never uses for an argument:
 *
 * <table>
 * <caption>The register with the data, and the other registers that change</caption>
 * <tr><th>architecture</th><th>scratch register</th><th>why</th><th>also changed</th></tr>
 * <tr><td>x86-64</td><td>{@code r10}</td><td>static chain pointer, System V AMD64 psABI 1.0, 3.2.1</td><td></td></tr>
 * <tr><td>i386</td><td>{@code ecx}</td><td>the callee's to change, and no argument, System V i386 psABI 1.1, 2.2</td><td>{@code eax}; {@code xmm6} and {@code xmm7}, which have what was in {@code eax} and {@code ecx}</td></tr>
 * <tr><td>AArch64</td><td>{@code x17}</td><td>intra-procedure-call register, AAPCS64 2024Q3, 6.1.1</td><td>{@code x16}</td></tr>
 * <tr><td>Arm</td><td>{@code r12}</td><td>intra-procedure-call register, AAPCS32 2024Q3, 6.1.1</td><td></td></tr>
 * <tr><td>riscv64</td><td>{@code t2}</td><td>temporary register, RISC-V ELF psABI 1.0, "Integer Register Convention"</td><td>{@code t1}</td></tr>
 * <tr><td>ppc64le</td><td>{@code r11}</td><td>environment pointer, ELFv2 1.5, "Register Roles"</td><td>{@code ctr}; {@code r12} is the target's address</td></tr>
 * <tr><td>s390x</td><td>{@code r0}</td><td>not saved, and no argument, s390x ELF ABI 1.6.1, "Register Preservation Rules"</td><td>{@code r1}</td></tr>
 * <tr><td>LoongArch</td><td>{@code t8}</td><td>temporary register, Procedure Call Standard for the LoongArch Architecture 20231219, "General-purpose Registers"</td><td>{@code t0}</td></tr>
 * </table>
 *
 * <p>A trampoline takes a few bytes of the shared code and two words of memory (16 bytes; 8 on
 * 32-bit architectures). It lives until {@link #close}; the garbage collector does not free it.
 * After {@code close()}, its address may be reused, so native code must not call it any more.
 *
 * <p><b>Threads.</b> All methods may be called from any thread. {@link #set} may be called while
 * other threads call the trampoline, if only the target or only the data changes. They are separate
 * words. If both change, a call at that moment can reach the new target with the old data, or the
 * old target with the new data. To avoid that, let the data point to a structure with both.
 *
 * {@snippet :
 * try (Trampoline trampoline = Trampoline.allocate()) {
 *     trampoline.set(nativeFunction, data);
 *     MemorySegment functionPointer = trampoline.address();
 *     // hand it to native code
 * }
 * }
 */
public final class Trampoline implements AutoCloseable {
    private static volatile @Nullable BlockSlots slots;

    private final BlockSlots pool;
    private final MemorySegment address;
    private final int slot;
    private boolean closed;

    /** Keeps the memory of an automatic arena alive as long as this object. */
    @SuppressWarnings("UnusedVariable")
    private @Nullable MemorySegment target;

    @SuppressWarnings("UnusedVariable")
    private @Nullable MemorySegment data;

    private Trampoline(BlockSlots pool, int slot) {
        this.pool = pool;
        this.slot = slot;
        this.address = MemorySegment.ofAddress(pool.address(slot));
    }

    /**
     * Returns whether trampolines work in this process. If not, {@link #allocate} throws with the
     * reason.
     *
     * @return true if {@link #allocate} finds its code
     */
    public static boolean isSupported() {
        try {
            TextImage.get();
            return true;
        } catch (TextImageException | IllegalCallerException | IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * Allocates a trampoline. Until {@link #set} is called, it does nothing and returns zero.
     *
     * @return a new trampoline, to be closed
     * @throws TrampolinesUnsupportedException if trampolines do not work here; the message says why
     * @throws IllegalCallerException if Salto has no native access; the message names the option
     *     that grants it
     * @throws IllegalStateException if the system has no memory or no mapping left; the message
     *     holds its reason
     */
    public static Trampoline allocate() {
        BlockSlots pool = slots();
        int slot = pool.take();
        try {
            return new Trampoline(pool, slot);
        } catch (OutOfMemoryError | StackOverflowError e) {
            pool.giveBack(slot);
            throw e;
        }
    }

    private static BlockSlots slots() {
        BlockSlots pool = slots;
        if (pool != null) {
            return pool;
        }
        synchronized (Trampoline.class) {
            pool = slots;
            if (pool == null) {
                pool = BlockSlots.ofTargets(TrampolinesUnsupportedException.textImage());
                slots = pool;
            }
            return pool;
        }
    }

    /**
     * Sets the target and the data. May be called again at any time before {@link #close}.
     *
     * @param target the address of native code; its memory must stay for as long as the trampoline
     *     may be called
     * @param data the word in the scratch register: a native address, or any word as
     *     {@link MemorySegment#ofAddress(long)}. It may be {@link MemorySegment#NULL}. Its memory
     *     must stay, too; this object keeps a reference to both segments
     * @return this trampoline
     * @throws IllegalArgumentException if {@code target} or {@code data} is a heap segment, or
     *     {@code target} is {@link MemorySegment#NULL}
     * @throws IllegalStateException if the trampoline is closed
     * @throws IllegalCallerException if the module of the caller has no native access; the message
     *     names the option that grants it
     */
    public synchronized Trampoline set(MemorySegment target, MemorySegment data) {
        if (NativeAccess.mayBeDenied()) {
            NativeAccess.check(NativeAccess.callers().getCallerClass(), "Trampoline.set");
        }
        requireNative(target, "target");
        requireNative(data, "data");
        if (target.address() == 0) {
            throw new IllegalArgumentException(
                    "the target of a trampoline is NULL; it has to be the address of native code");
        }
        requireOpen();
        this.target = target;
        this.data = data;
        pool.lead(slot, target.address(), data.address());
        return this;
    }

    /**
     * Returns the function pointer.
     *
     * @return a segment of size zero, valid until {@link #close}; its address is a multiple of 4
     * @throws IllegalStateException if the trampoline is closed
     */
    public synchronized MemorySegment address() {
        requireOpen();
        return address;
    }

    /**
     * Frees the trampoline. Calls that have reached their target continue. Closing it again does
     * nothing.
     */
    @Override
    public synchronized void close() {
        if (!closed) {
            pool.giveBack(slot);
            closed = true;
            target = null;
            data = null;
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the trampoline at %#x is closed".formatted(address.address()));
        }
    }

    static void requireTarget(MemorySegment target) {
        requireNative(target, "target");
        if (target.address() == 0) {
            throw new IllegalArgumentException("the target is NULL; it has to be the address of native code");
        }
    }

    static void requireNative(MemorySegment segment, String name) {
        if (!Objects.requireNonNull(segment, name).isNative()) {
            throw new IllegalArgumentException(
                    "Heap segment not allowed: the %s has no address; allocate it from an Arena".formatted(name));
        }
    }

    @Override
    public synchronized String toString() {
        return "Trampoline[%#x%s]".formatted(address.address(), closed ? ", closed" : "");
    }
}
