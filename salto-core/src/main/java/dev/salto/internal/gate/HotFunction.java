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
 * Gives the data-driven closures of one function a gate when they have proven hot. It is made by a
 * thread in the background. Then the calls of their tables are led there, while native code goes on
 * calling. What cannot have a gate stays as it is.
 */
public final class HotFunction {
    /**
     * How many calls there have to be. By races, if several threads call at a time; then it takes a
     * few more.
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
     * @param exceptions makes what takes the exceptions of its callbacks
     * @param invoker makes what calls the object that a closure is bound to: it takes that, as an
     *     {@code Object}, and what native code passes
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

    /** The same for closures that are bound to method handles of the function's type. */
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
                // No thread to be had: all goes on as it is.
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
                    true).make();
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
