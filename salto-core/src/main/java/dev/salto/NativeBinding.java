// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.abi.Ports;
import dev.salto.internal.abi.TrailingArgument;
import dev.salto.internal.os.NativeAccess;
import dev.salto.internal.table.BlockSlots;
import dev.salto.internal.text.TextImage;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * A native function pointer that calls a native function with one more argument: its last
 * parameter, bound to a context. No Java takes part in the call. A binding turns a function with
 * user data into a callback for an interface without user data. For example, it makes a comparator
 * for {@code qsort} from one for {@code qsort_r}:
 *
 * {@snippet :
 * // int compare_by_column(const void *a, const void *b, void *table)
 * FunctionDescriptor withContext = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
 * try (NativeBinding comparator = NativeBinding.bindTrailing(compareByColumn, withContext, table)) {
 *     MemorySegment forQsort = comparator.address();
 * }
 * }
 *
 * <p>It lives until {@link #close}; the garbage collector does not free it. After {@code close()},
 * native code must not call it any more. Such a call returns zero without a report, until the
 * address is reused, perhaps for a function of another type.
 *
 * <p><b>C++ exceptions.</b> An exception of the native function reaches the binding's caller if the
 * context is passed in a register. On s390x, the context must be one of the first four integer
 * arguments, and no argument may be on the stack. Otherwise C++ cannot unwind the stack through the
 * binding, and ends the process ({@code std::terminate}). On i386 every context is passed on the
 * stack.
 *
 * <p><b>Threads.</b> All methods may be called from any thread.
 */
public final class NativeBinding implements AutoCloseable {
    /** Tables by entry: bindings that append at the same place share them. */
    private static final ConcurrentMap<TrailingArgument, BlockSlots> POOLS = new ConcurrentHashMap<>();

    private final BlockSlots slots;
    private final int slot;
    private final MemorySegment address;
    private boolean closed;

    private NativeBinding(BlockSlots slots, int slot) {
        this.slots = slots;
        this.slot = slot;
        this.address = MemorySegment.ofAddress(slots.address(slot));
    }

    /**
     * Binds the last parameter of a native function.
     *
     * @param function the function's address
     * @param descriptor the type of {@code function}; its last parameter is an address
     * @param context the argument for the last parameter; its memory must stay for as long as the
     *     function pointer may be called
     * @return a new binding, whose {@link #address} is a function of the type of {@code descriptor}
     *     without the last parameter
     * @throws IllegalArgumentException if the last parameter of {@code descriptor} is no address,
     *     or a segment is a heap segment, or {@code function} is {@link MemorySegment#NULL}
     * @throws TrampolinesUnsupportedException if static trampolines do not work here; the message
     *     says why
     * @throws IllegalCallerException if Salto, or the module of the caller, has no native access;
     *     the message names the option that grants it
     * @throws IllegalStateException if the system has no memory or no mapping left; the message
     *     holds its reason
     */
    public static NativeBinding bindTrailing(MemorySegment function, FunctionDescriptor descriptor,
            MemorySegment context) {
        if (NativeAccess.mayBeDenied()) {
            NativeAccess.check(NativeAccess.callers().getCallerClass(), "NativeBinding.bindTrailing");
        }
        Trampoline.requireTarget(function);
        Trampoline.requireNative(context, "context");
        List<MemoryLayout> parameters = descriptor.argumentLayouts();
        if (parameters.isEmpty() || !(parameters.getLast() instanceof AddressLayout)) {
            throw new IllegalArgumentException(
                    ("the last parameter of %s is not an address, so no context can be bound to it; give the"
                            + " type of the native function with its context").formatted(descriptor));
        }
        TextImage image = TrampolinesUnsupportedException.textImage();
        TrailingArgument place = Ports.thisJvm().orElseThrow().lastArgument(descriptor);
        BlockSlots slots = POOLS.computeIfAbsent(place, p -> BlockSlots.ofCalls(image, p));
        int slot = slots.take();
        try {
            NativeBinding binding = new NativeBinding(slots, slot);
            slots.leadByRecord(slot, function.address(), context.address(), place.stackSize());
            return binding;
        } catch (OutOfMemoryError | StackOverflowError e) {
            slots.giveBack(slot);
            throw e;
        }
    }

    /**
     * The function pointer.
     *
     * @return a segment of size zero, valid until {@link #close}
     * @throws IllegalStateException if the binding is closed
     */
    public synchronized MemorySegment address() {
        if (closed) {
            throw new IllegalStateException("the native binding at %#x is closed".formatted(address.address()));
        }
        return address;
    }

    /**
     * Frees the function pointer. Calls that have reached the native function continue. Closing it
     * again does nothing.
     */
    @Override
    public synchronized void close() {
        if (!closed) {
            slots.giveBack(slot);
            closed = true;
        }
    }

    @Override
    public synchronized String toString() {
        return "NativeBinding[%#x%s]".formatted(address.address(), closed ? ", closed" : "");
    }
}
