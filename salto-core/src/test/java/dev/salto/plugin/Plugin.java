// SPDX-License-Identifier: Apache-2.0

package dev.salto.plugin;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.CallHandler;
import dev.salto.CallInterface;
import dev.salto.Closure;
import dev.salto.ClosureOption;
import dev.salto.ClosureType;
import dev.salto.ExceptionPolicy;
import dev.salto.StaticLinker;
import dev.salto.text.callers.Callers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.function.Function;
import java.util.function.IntBinaryOperator;

/** Binds a closure in one of several ways, has it called, and closes it. */
public final class Plugin implements Function<String, MemorySegment> {
    private static final FunctionDescriptor BINARY = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);

    /** How a plugin's classes come into play. */
    public enum Way {
        /** The JDK's interface, the plugin's object. */
        SHARED_INTERFACE,
        /** The plugin's interface. */
        OWN_INTERFACE,
        /** The JDK's interface, and the plugin's lookup. */
        OWN_LOOKUP,
        /** The plugin's code handles exceptions. */
        OWN_HANDLER,
        /** A method of the plugin's. */
        METHOD_HANDLE,
        /** One handler for functions of every type. */
        CALL_INTERFACE,
        /** As the second, but not closed. */
        LEFT_OPEN
    }

    /** Not public, so that only this class can use it. */
    private interface Operator {
        @SuppressWarnings("UnusedMethod") // called by native code
        int apply(int a, int b);
    }

    @Override
    public MemorySegment apply(String way) {
        try {
            return switch (Way.valueOf(way)) {
                case SHARED_INTERFACE -> use(ClosureType.of(IntBinaryOperator.class, BINARY), (a, b) -> a + 7);
                case OWN_INTERFACE -> use(ownType(), (a, b) -> a + 7);
                case OWN_LOOKUP ->
                    use(ClosureType.of(MethodHandles.lookup(), IntBinaryOperator.class, BINARY), (a, b) -> a + 7);
                case OWN_HANDLER -> use(
                        ClosureType.<IntBinaryOperator>of(IntBinaryOperator.class, BINARY,
                                ClosureOption.onException(ExceptionPolicy.handleBy(_ -> 12))),
                        Plugin::fail);
                case METHOD_HANDLE -> {
                    try (Arena arena = Arena.ofConfined()) {
                        yield called(StaticLinker.nativeLinker().upcallStub(
                                MethodHandles.insertArguments(MethodHandles.lookup().findStatic(Plugin.class, "add",
                                        MethodType.methodType(int.class, int.class, int.class, int.class)), 0, 7),
                                BINARY, arena));
                    }
                }
                case CALL_INTERFACE -> {
                    CallHandler handler = (_, arguments) -> (int) arguments[0] + 7;
                    try (Closure<CallHandler> closure = CallInterface.prepare(BINARY).bindBoxed(handler)) {
                        yield called(closure.address());
                    }
                }
                case LEFT_OPEN -> called(ownType().bind((a, b) -> a + 7).address());
            };
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a method is missing", e);
        }
    }

    private static ClosureType<Operator> ownType() {
        return ClosureType.of(MethodHandles.lookup(), Operator.class, BINARY);
    }

    private static <T> MemorySegment use(ClosureType<T> type, T target) {
        try (Closure<T> closure = type.bind(target)) {
            return called(closure.address());
        }
    }

    private static MemorySegment called(MemorySegment function) {
        int answer = Callers.callRepeatedly(function, 1, 5);
        if (answer != 12) {
            throw new AssertionError("the closure answered " + answer);
        }
        return MemorySegment.ofAddress(function.address());
    }

    /** So that the handler answers. */
    private static int fail(int a, int b) {
        throw new IllegalStateException("%d %d".formatted(a, b));
    }

    @SuppressWarnings("UnusedMethod") // reached through a method handle
    private static int add(int own, int a, int b) {
        return own + a + b;
    }
}
