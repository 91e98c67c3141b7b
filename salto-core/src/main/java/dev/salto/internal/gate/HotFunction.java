// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.internal.abi.Ports;
import dev.salto.internal.failure.ExceptionCatcher;
import dev.salto.internal.table.KindSlots;
import dev.salto.internal.table.Route;
import dev.salto.internal.text.TextImage;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives the data-driven closures of one function a gate when they are hot. A thread in the
 * background makes it. Then the tables lead calls there, while native code may be calling. A
 * function that cannot have a gate stays data-driven.
 */
public final class HotFunction {
    /**
     * The number of calls that make a function hot. Threads count without synchronization, so it
     * may take a few more.
     */
    private static final int HOT = 5_000;

    private final FunctionDescriptor function;
    private final Supplier<ExceptionCatcher> exceptions;

    /** Null if objects are method handles of the function's type. */
    private final @Nullable Supplier<MethodHandle> invoker;
    private final TextImage image;
    private volatile @Nullable KindSlots slots;
    private int left;

    /**
     * A function that is not hot yet.
     *
     * @param image has the code
     * @param function its type, which may be one that cannot have a gate
     * @param exceptions makes the handling of its callbacks' exceptions
     * @param invoker makes the method handle that calls a closure's object. It takes the object, as
     *     an {@code Object}, the closure's id, and the native arguments
     */
    public HotFunction(TextImage image, FunctionDescriptor function, Supplier<ExceptionCatcher> exceptions,
            Supplier<MethodHandle> invoker) {
        this(image, function, exceptions, invoker, HOT);
    }

    private HotFunction(TextImage image, FunctionDescriptor function, Supplier<ExceptionCatcher> exceptions,
            @Nullable Supplier<MethodHandle> invoker, int calls) {
        this.image = image;
        this.function = function;
        this.exceptions = exceptions;
        this.invoker = invoker;
        this.left = calls;
    }

    /** A function whose closures are bound to method handles of its type. */
    static HotFunction ofMethodHandles(TextImage image, FunctionDescriptor function, ExceptionCatcher exceptions) {
        return new HotFunction(image, function, () -> exceptions, null, MethodHandleKinds.HOT);
    }

    void setSlots(KindSlots slots) {
        this.slots = slots;
    }

    /** Counts a call. */
    public void count() {
        if (left > 0 && --left == 0) {
            try {
                Background.run(this::makeGate);
            } catch (RuntimeException | Error e) {
                // No thread can be started, so the function stays data-driven.
                left = 0;
            }
        }
    }

    private void makeGate() {
        KindSlots own = slots;
        if (own == null) {
            return;
        }
        try {
            Gate.requireLinkable(function);
            MethodHandle dispatcher = new Dispatcher.Recipe(MethodHandles.lookup(),
                    new Dispatcher.Callee(null, invoker == null ? null : invoker.get()), function, exceptions.get(),
                    true, own.kind().settings().seesThreads()).make();
            MemorySegment stub = Linker.nativeLinker().upcallStub(dispatcher, function.appendArgumentLayouts(JAVA_INT),
                    Arena.global());
            Gate.countMade();
            own.lead(Route.throughGate(image, Ports.thisJvm().orElseThrow().trailingArgument(function),
                    stub.address()));
        } catch (IllegalAccessException | RuntimeException | Error e) {
            // The linker does not know the type, or the JVM has no room for code. It stays
            // data-driven, which works without a gate.
            left = 0;
        }
    }
}
