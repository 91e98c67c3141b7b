// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.abi.Convention;
import dev.salto.internal.data.CallPlan;
import dev.salto.internal.data.UniversalGate;
import dev.salto.internal.data.WarmUp;
import dev.salto.internal.failure.ClosureSettings;
import dev.salto.internal.table.ExitAnswer;
import dev.salto.internal.table.Kind;
import dev.salto.internal.table.KindSlots;
import dev.salto.internal.table.Route;
import dev.salto.internal.table.Tables;
import dev.salto.internal.text.TextImage;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A native function pointer whose type and handler are not known yet. It gets both at most once. It
 * is for bridges that allocate an address first and describe the function later, like libffi's
 * {@code ffi_closure_alloc} and {@code ffi_prep_closure_loc}.
 *
 * {@snippet :
 * ReservedFunction function = ReservedFunction.reserve(Abi.NATIVE);
 * table.set(ADDRESS, 0, function.address());                 // native code has it already
 * Closure<ArgumentHandler> closure = function.bind(CallInterface.parse("int(pointer)"), handler);
 * }
 *
 * <p>Native code must not call it before it is bound. Such a call counts as a call of a closed
 * closure, and returns zero in the register for integers.
 *
 * <p><b>Lifetime.</b> The address is never freed, not even if it is not bound. It takes 640 bytes
 * of native memory, so if the type is known, {@link CallInterface#bind} is better. When its
 * closure is closed, the address is not used again while the {@link CallInterface} is reachable. A
 * function that is bound after its type got a gate stays data-driven.
 *
 * <p><b>Threads.</b> All methods may be called from any thread.
 */
public final class ReservedFunction {
    private final Abi abi;
    private final int id;
    private final AtomicBoolean isBound = new AtomicBoolean();

    private ReservedFunction(Abi abi, int id) {
        this.abi = abi;
        this.id = id;
    }

    /**
     * Reserves a function pointer.
     *
     * @param abi the calling convention that the function is going to have
     * @return the function pointer, not bound yet
     * @throws IllegalArgumentException if this processor does not have the convention
     * @throws TrampolinesUnsupportedException if static trampolines do not work here; the message
     *     says why
     * @throws IllegalStateException if closures are upcall stubs here, as the fallback allows; or
     *     the system has no memory or no mapping left
     * @throws IllegalCallerException if Salto has no native access; the message names the option
     *     that grants it
     */
    public static ReservedFunction reserve(Abi abi) {
        Objects.requireNonNull(abi, "abi");
        TextImage image = Salto.textImageForClosures(null);
        if (image == null) {
            throw new IllegalStateException(
                    "a function pointer without a type needs static trampolines, which do not work here; bind one when its type is known");
        }
        WarmUp.runForData();
        FunctionDescriptor nothing = FunctionDescriptor.ofVoid();
        Kind untyped = new Kind("a function that is not bound yet", nothing,
                new CallPlan(image.index(), abi.convention(), nothing, Convention.NO_DOTS), ClosureSettings.DEFAULT,
                ExitAnswer.ZERO);
        return new ReservedFunction(abi, KindSlots.reserve(untyped,
                Route.throughUniversalGate(image, abi.convention().entry(), UniversalGate.address())));
    }

    /**
     * The function pointer.
     *
     * @return a segment of size zero, the same before and after the function is bound
     */
    public MemorySegment address() {
        return MemorySegment.ofAddress(Tables.address(id));
    }

    /**
     * Gives the function its type, and a handler that reads its arguments itself.
     *
     * @param type the function's type, of the calling convention that was reserved
     * @param handler the object that native calls reach; it stays reachable as long as the closure
     *     is open
     * @return the closure, to be closed
     * @throws IllegalArgumentException if {@code type} has another calling convention, or {@link
     *     Tier#GATE}
     * @throws IllegalStateException if the function was bound before
     */
    public Closure<ArgumentHandler> bind(CallInterface type, ArgumentHandler handler) {
        return bind(requireFits(type), type.direct(), handler);
    }

    /**
     * Gives the function its type, and a handler that gets boxed arguments, as {@link
     * #bind(CallInterface, ArgumentHandler)} does.
     *
     * @param type the function's type, of the calling convention that was reserved
     * @param handler the object that native calls reach; it stays reachable as long as the closure
     *     is open
     * @return the closure, to be closed
     * @throws IllegalArgumentException if {@code type} has another calling convention, or {@link
     *     Tier#GATE}
     * @throws IllegalStateException if the function was bound before
     */
    public Closure<CallHandler> bindBoxed(CallInterface type, CallHandler handler) {
        return bind(requireFits(type), type.boxed(), handler);
    }

    private CallInterface requireFits(CallInterface type) {
        if (!type.isDataDriven()) {
            throw new IllegalArgumentException(
                    "%s has a gate from the start, which a reserved function cannot have; use Tier.AUTOMATIC or DATA_DRIVEN"
                            .formatted(type));
        }
        if (!type.abi().convention().entry().equals(abi.convention().entry())) {
            throw new IllegalArgumentException(
                    "the function was reserved for %s, and %s has another calling convention".formatted(abi, type));
        }
        return type;
    }

    private <H> Closure<H> bind(CallInterface owner, ClosureType<H> type, H handler) {
        Objects.requireNonNull(handler, "handler");
        if (!isBound.compareAndSet(false, true)) {
            throw new IllegalStateException(
                    "the function pointer 0x%s was bound before; bind its closure again, or reserve another: %s"
                            .formatted(Long.toHexString(Tables.address(id)), owner));
        }
        boolean isDone = false;
        try {
            Closure<H> closure = Closure.adopt(type, id, handler);
            isDone = true;
            return closure;
        } finally {
            if (!isDone) {
                isBound.set(false);
            }
        }
    }

    @Override
    public String toString() {
        return "ReservedFunction[0x%s, %s, %s]".formatted(Long.toHexString(Tables.address(id)), abi,
                isBound.get() ? "bound" : "not bound yet");
    }
}
