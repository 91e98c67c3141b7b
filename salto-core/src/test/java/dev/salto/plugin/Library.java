// SPDX-License-Identifier: Apache-2.0

package dev.salto.plugin;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.ArgumentHandler;
import dev.salto.CallInterface;
import dev.salto.CallbackFailure;
import dev.salto.Closure;
import dev.salto.ClosureOption;
import dev.salto.ClosureType;
import dev.salto.ExceptionPolicy;
import dev.salto.Fallback;
import dev.salto.StaticLinker;
import dev.salto.TrampolinesUnsupportedException;
import dev.salto.UseAfterFree;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.IntBinaryOperator;

/**
 * A library with choices of its own. Others in the process, of the same code in another class
 * loader or module, use the same interface and function type, and choose otherwise.
 */
public final class Library implements Function<String, Object> {
    private static final FunctionDescriptor BINARY = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);

    /** Not public, as most interfaces of a program are at first. */
    interface Operator {
        @SuppressWarnings("UnusedMethod") // called by native code
        int apply(int a, int b);
    }

    private final List<String> events = new CopyOnWriteArrayList<>();
    private final int answer;
    private final ClosureOption[] options;

    /**
     * A library.
     *
     * @param answer what native code gets after an exception; odd for a library that allows upcall
     *     stubs
     */
    public Library(int answer) {
        this.answer = answer;
        options = new ClosureOption[]{ClosureOption.onException(ExceptionPolicy.handleBy(this::failed)),
            ClosureOption.onUseAfterFree(this::used),
            ClosureOption.fallback(answer % 2 == 0 ? Fallback.NONE : Fallback.UPCALL_STUBS)};
    }

    private int failed(CallbackFailure failure) {
        events.add(String.valueOf(failure.exception().getMessage()));
        return answer;
    }

    private void used(UseAfterFree call) {
        events.add("use after free");
    }

    @Override
    public Object apply(String request) {
        try {
            return switch (request) {
                case "events" -> List.copyOf(events);
                case "mechanism" -> mechanism();
                case "failing type" -> type().bind((_, _) -> fail()).address();
                case "closed type" -> closed(type().bind((a, b) -> a + b));
                case "failing call interface" -> callInterface().bind(_ -> fail()).address();
                case "closed call interface" -> closed(callInterface().bind((ArgumentHandler) _ -> {}));
                case "own interface" ->
                    ClosureType.<Operator>of(Operator.class, BINARY, options).bind((a, b) -> a + b + answer)
                            .address();
                case "failing stub" -> stub(Arena.global());
                case "closed stub" -> {
                    try (Arena arena = Arena.ofConfined()) {
                        yield MemorySegment.ofAddress(stub(arena).address());
                    }
                }
                default -> throw new IllegalArgumentException(request);
            };
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a method is missing", e);
        }
    }

    private String mechanism() {
        try {
            return type().mechanism().toString();
        } catch (TrampolinesUnsupportedException e) {
            return "refused";
        }
    }

    private ClosureType<IntBinaryOperator> type() {
        return ClosureType.of(IntBinaryOperator.class, BINARY, options);
    }

    private CallInterface callInterface() {
        return CallInterface.prepare(BINARY, options);
    }

    private MemorySegment stub(Arena arena) throws ReflectiveOperationException {
        MethodHandle fail = MethodHandles.lookup().findStatic(Library.class, "fail", MethodType.methodType(int.class));
        return StaticLinker.nativeLinker(options)
                .upcallStub(MethodHandles.dropArguments(fail, 0, int.class, int.class), BINARY, arena);
    }

    private static MemorySegment closed(Closure<?> closure) {
        MemorySegment function = closure.address();
        closure.close();
        return function;
    }

    private static int fail() {
        throw new IllegalStateException("on purpose");
    }
}
