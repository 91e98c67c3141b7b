// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.CSignaturesTest.CCaller;
import dev.salto.text.callers.SignatureCallers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A C function of {@code conventions.c}, and its call of a callback of a calling convention.
 *
 * @param fixed how many arguments are declared
 */
record ConventionCaller(Abi abi, CCaller caller, int fixed) {
    /** The place where the C functions store the result, behind the error of the stack pointer. */
    static final long VALUE = 16;

    private static final long SIZE = VALUE + 256;

    /** More than the arguments on the stack, and structs, of any of these functions take. */
    private static final int MOST_BYTES = 600;

    /** So many closures of a type are in shared tables. */
    private static final int FIRST_CLOSURES = 64;

    ConventionCaller(Abi abi, CCaller caller) {
        this(abi, caller, caller.arguments().size());
    }

    /** The C functions at each level of optimisation. */
    static List<SignatureCallers> levels() {
        return SignatureCallers.atEachLevel("conventions");
    }

    CallInterface type(ClosureOption... options) {
        FunctionDescriptor function = caller.function();
        if (fixed == function.argumentLayouts().size()) {
            return CallInterface.prepare(abi, function, options);
        }
        List<ClosureOption> all = new ArrayList<>(List.of(options));
        all.add(ClosureOption.firstVariadicArg(fixed));
        return CallInterface.prepare(abi, function, all.toArray(ClosureOption[]::new));
    }

    /** How its calls are answered. */
    enum Binding {
        DATA_DRIVEN, GATE
    }

    /** Lets C call callbacks, and compares arguments and results. */
    void check(SignatureCallers level) {
        check(level, Binding.DATA_DRIVEN);
    }

    /**
     * Lets C call callbacks of shared tables and of tables by index, and compares arguments and
     * results.
     */
    void check(SignatureCallers level, Binding binding) {
        Sample.compared();
        Recorder recorder = new Recorder(caller.function(),
                caller.result().isEmpty() ? null : caller.result().getFirst());
        MethodHandle target = recorder.handle();
        CallHandler handler = (_, arguments) -> invoke(target, arguments);
        try (Arena arena = Arena.ofConfined()) {
            if (binding == Binding.GATE) {
                CallInterface type = type(ClosureOption.tier(Tier.GATE));
                check(level, type.bindBoxed(handler, arena), recorder, arena);
                for (int i = 1; i < FIRST_CLOSURES; i++) {
                    type.bindBoxed(handler, arena);
                }
                check(level, type.bindBoxed(handler, arena), recorder, arena);
            } else {
                MemorySegment closure = type().bindBoxed(handler, arena);
                check(level, closure, recorder, arena);
                check(level, TableByIndex.leadingTo(closure, abi), recorder, arena);
            }
        }
    }

    private void check(SignatureCallers level, MemorySegment function, Recorder recorder, Arena arena) {
        MemorySegment stored = call(level, function, arena);

        assertThat(recorder.takeSeen()).as("what the callback gets").isEqualTo(
                Values.bits(caller.function().argumentLayouts(), caller.arguments().toArray()));
        checkResult(stored);
    }

    /** Lets C call a recorded closure, and compares arguments and result. */
    void checkRecorded(SignatureCallers level) {
        Sample.compared();
        try (Arena arena = Arena.ofConfined(); CallQueue queue = CallQueue.create(2, MOST_BYTES)) {
            RecordedClosure closure;
            try {
                closure = queue.bind(type(),
                        caller.result().stream().map(RecordingOption::returning).toArray(RecordingOption[]::new));
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining("because it returns a struct in its caller's memory");
                return;
            }
            for (int i = 0; i < 2; i++) {
                MemorySegment stored = call(level, closure.address(), arena);
                Arguments taken = CallQueueTest.next(queue).arguments();
                assertThat(Values.bits(caller.function().argumentLayouts(),
                        IntStream.range(0, taken.count()).mapToObj(taken::get).toArray())).as("what the record has")
                        .isEqualTo(Values.bits(caller.function().argumentLayouts(), caller.arguments().toArray()));
                checkResult(stored);
            }
        }
    }

    private void checkResult(MemorySegment stored) {
        MemoryLayout layout = caller.storedLayout();
        MemorySegment value = stored.asSlice(VALUE, layout.byteSize());
        assertThat(Values.bits(layout, CSignaturesTest.load(layout, value))).as("what C gets")
                .isEqualTo(Values.bits(layout, caller.stored()));
        assertThat(stored.asSlice(VALUE + layout.byteSize()).toArray(JAVA_BYTE)).as("behind the result")
                .containsOnly(0x5a);
    }

    /**
     * Lets C call a function pointer.
     *
     * @return the bytes that C stores
     */
    MemorySegment call(SignatureCallers level, MemorySegment function, Arena arena) {
        MemorySegment stored = arena.allocate(SIZE, 16).fill((byte) 0x5a);
        level.call(caller.name(), function, stored);
        assertThat(stored.get(JAVA_LONG_UNALIGNED, 0)).as("how far the stack pointer is off").isZero();
        return stored;
    }

    private static @Nullable Object invoke(MethodHandle target, Object... arguments) {
        try {
            return target.invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new IllegalStateException("the target failed", e);
        }
    }

    @Override
    public String toString() {
        return caller.name();
    }
}
