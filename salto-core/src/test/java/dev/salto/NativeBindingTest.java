// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static dev.salto.text.callers.CTypes.DOUBLE;
import static dev.salto.text.callers.CTypes.LONG_LONG;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.salto.text.callers.Callers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Native functions whose last parameter is bound. */
@Tag("port")
final class NativeBindingTest {
    private static final Linker LINKER = Linker.nativeLinker();

    /**
     * A native function with as many {@code long}s, then doubles, then a context: returns where it
     * finds each of them.
     */
    private static MemorySegment recorder(FunctionDescriptor withContext, List<Object> seen, Arena arena) {
        return CallInterface.prepare(withContext).bindBoxed((_, arguments) -> {
            Collections.addAll(seen, arguments);
            return 99L;
        }, arena);
    }

    @Test
    void theContextFollowsAnyNumberOfArguments() throws Throwable {
        for (int longs = 0; longs <= 12; longs++) {
            for (int doubles : new int[]{0, 3, 10}) {
                List<MemoryLayout> parameters = new ArrayList<>(Collections.nCopies(longs, LONG_LONG));
                parameters.addAll(Collections.nCopies(doubles, DOUBLE));
                FunctionDescriptor own = FunctionDescriptor.of(LONG_LONG, parameters.toArray(MemoryLayout[]::new));
                FunctionDescriptor withContext = own.appendArgumentLayouts(ADDRESS);
                List<Object> arguments = new ArrayList<>();
                for (int i = 0; i < parameters.size(); i++) {
                    arguments.add(i < longs ? (Object) (i * 11L) : (Object) (i * 0.5));
                }
                List<Object> seen = new ArrayList<>();
                try (Arena arena = Arena.ofConfined();
                        NativeBinding binding = NativeBinding.bindTrailing(recorder(withContext, seen, arena),
                                withContext,
                                MemorySegment.ofAddress(0x1234))) {
                    MethodHandle call = LINKER.downcallHandle(binding.address(), own);

                    assertThat(call.invokeWithArguments(arguments)).isEqualTo(99L);
                }
                List<Object> expected = new ArrayList<>(arguments);
                expected.add(MemorySegment.ofAddress(0x1234));
                assertThat(seen).as("%d longs, %d doubles", longs, doubles).isEqualTo(expected);
            }
        }
    }

    @Test
    void theStackIsAlignedForAnyNumberOfArguments() throws Throwable {
        for (int longs = 0; longs <= 12; longs++) {
            FunctionDescriptor own = FunctionDescriptor.of(LONG_LONG,
                    Collections.nCopies(longs, LONG_LONG).toArray(MemoryLayout[]::new));
            try (NativeBinding binding = NativeBinding.bindTrailing(Callers.misalignmentOfStack(),
                    own.appendArgumentLayouts(ADDRESS), MemorySegment.NULL)) {
                MethodHandle call = LINKER.downcallHandle(binding.address(), own);

                assertThat(call.invokeWithArguments(Collections.nCopies(longs, 1L))).as("%d longs", longs)
                        .isEqualTo(0L);
            }
        }
    }

    @Test
    void aComparatorForQsortRIsOneForQsort() throws Throwable {
        FunctionDescriptor comparator = FunctionDescriptor.of(JAVA_INT, ADDRESS.withTargetLayout(JAVA_INT),
                ADDRESS.withTargetLayout(JAVA_INT), ADDRESS.withTargetLayout(JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            // Stands in for a comparator in C: it sorts numbers by their distance from the one in
            // the context.
            MemorySegment byDistance = CallInterface.prepare(comparator).bindBoxed((_, arguments) -> {
                int from = ((MemorySegment) arguments[2]).get(JAVA_INT, 0);
                return Integer.compare(Math.abs(((MemorySegment) arguments[0]).get(JAVA_INT, 0) - from),
                        Math.abs(((MemorySegment) arguments[1]).get(JAVA_INT, 0) - from));
            }, arena);
            MemorySegment numbers = arena.allocateFrom(JAVA_INT, 1, 20, 9, 14);
            try (NativeBinding fromTen = NativeBinding.bindTrailing(byDistance, comparator,
                    arena.allocateFrom(JAVA_INT, 10))) {
                Qsort.sort(numbers, fromTen.address());
            }
            assertThat(numbers.toArray(JAVA_INT)).containsExactly(9, 14, 1, 20);
        }
    }

    @Test
    void manyBindingsKeepTheirContextsApart() throws Throwable {
        FunctionDescriptor withContext = FunctionDescriptor.of(ADDRESS, ADDRESS);
        FunctionDescriptor own = FunctionDescriptor.of(ADDRESS);
        MethodHandle call = LINKER.downcallHandle(own);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment identity = CallInterface.prepare(withContext).bindBoxed((_, arguments) -> arguments[0],
                    arena);
            List<NativeBinding> bindings = new ArrayList<>();
            for (int i = 0; i < Amounts.scaled(6_000); i++) {
                bindings.add(NativeBinding.bindTrailing(identity, withContext, MemorySegment.ofAddress(i)));
            }
            System.gc();
            for (int i = 0; i < bindings.size(); i++) {
                assertThat(((MemorySegment) call.invokeExact(bindings.get(i).address())).address()).isEqualTo(i);
            }
            bindings.forEach(NativeBinding::close);
        }
    }

    @Test
    void aClosedOneReturnsZeroAndSaysSo() throws Throwable {
        FunctionDescriptor withContext = FunctionDescriptor.of(LONG_LONG, ADDRESS);
        try (Arena arena = Arena.ofConfined()) {
            NativeBinding binding = NativeBinding.bindTrailing(recorder(withContext, new ArrayList<>(), arena),
                    withContext,
                    MemorySegment.NULL);
            MethodHandle call = LINKER.downcallHandle(binding.address(), FunctionDescriptor.of(LONG_LONG));
            assertThat((long) call.invokeExact()).isEqualTo(99);
            binding.close();
            binding.close();

            assertThat((long) call.invokeExact()).isZero();
            assertThatThrownBy(binding::address).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
        }
    }

    /** The registers are not zero before the call. */
    @Test
    void aClosedOneReturnsZeroInEachRegisterOfAResult() throws Throwable {
        for (MemoryLayout member : List.of(JAVA_FLOAT, DOUBLE, LONG_LONG)) {
            for (int count : new int[]{1, 2, 3, 4, 8}) {
                assertClosedOneReturnsZeros(MemoryLayout.structLayout(MemoryLayout.sequenceLayout(count, member)));
            }
        }
        assertClosedOneReturnsZeros(CLayouts.struct(DOUBLE, JAVA_FLOAT));
        assertClosedOneReturnsZeros(CLayouts.struct(JAVA_FLOAT, DOUBLE));
    }

    @Test
    void aFloatingPointResultOfAClosedOneIsZeroToCodeThatCalculatesWithIt() {
        MemorySegment floats = closed(FunctionDescriptor.of(JAVA_FLOAT));
        MemorySegment doubles = closed(FunctionDescriptor.of(DOUBLE));

        // Often, because a number that is left on a stack of registers shows only when that is
        // full.
        for (int i = 0; i < 20; i++) {
            assertThat(Callers.addToFloat(floats, i)).isEqualTo(i);
            assertThat(Callers.addToDouble(doubles, i)).isEqualTo(i);
        }
    }

    private static MemorySegment closed(FunctionDescriptor own) {
        try (NativeBinding binding = NativeBinding.bindTrailing(Callers.add(), own.appendArgumentLayouts(ADDRESS),
                MemorySegment.NULL)) {
            return binding.address();
        }
    }

    private static void assertClosedOneReturnsZeros(GroupLayout result) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment returned = (MemorySegment) callClosedOne(result, arena);

            assertThat(returned.toArray(JAVA_BYTE)).as("%s", result).containsOnly(0);
        }
    }

    private static Object callClosedOne(GroupLayout result, SegmentAllocator allocator) throws Throwable {
        List<MemoryLayout> parameters = new ArrayList<>(Collections.nCopies(8, LONG_LONG));
        parameters.addAll(Collections.nCopies(8, DOUBLE));
        List<Object> arguments = new ArrayList<>(Collections.nCopies(8, -1L));
        arguments.addAll(Collections.nCopies(8, -1.5));
        FunctionDescriptor own = FunctionDescriptor.of(result, parameters.toArray(MemoryLayout[]::new));
        return LINKER.downcallHandle(closed(own), own).bindTo(allocator).invokeWithArguments(arguments);
    }

    /** Only x86-64 has a register that says how many doubles there are. */
    @Test
    void aVariadicFunctionFindsItsDoubles() throws Throwable {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "there is no such register here");
        for (int longs = 0; longs <= 8; longs++) {
            List<MemoryLayout> parameters = new ArrayList<>(List.of(LONG_LONG, DOUBLE, DOUBLE));
            parameters.addAll(Collections.nCopies(longs, LONG_LONG));
            List<Object> arguments = new ArrayList<>(List.of(2L, 1.5, -4.0));
            arguments.addAll(Collections.nCopies(longs, 0L));
            FunctionDescriptor own = FunctionDescriptor.of(DOUBLE, parameters.toArray(MemoryLayout[]::new));
            try (NativeBinding binding = NativeBinding.bindTrailing(Callers.sumOfDoubles(),
                    own.appendArgumentLayouts(ADDRESS), MemorySegment.NULL)) {
                MethodHandle call = LINKER.downcallHandle(binding.address(), own, Linker.Option.firstVariadicArg(1));

                assertThat(call.invokeWithArguments(arguments)).as("%d longs", longs).isEqualTo(-2.5);
            }
        }
    }

    @Test
    void aFunctionWithoutAPointerAtTheEndIsRefused() {
        MemorySegment function = MemorySegment.ofAddress(1);

        assertThatThrownBy(() -> NativeBinding.bindTrailing(function, FunctionDescriptor.ofVoid(), MemorySegment.NULL))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContainingAll("last parameter", "()v");
        FunctionDescriptor withoutContext = FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT);
        assertThatThrownBy(() -> NativeBinding.bindTrailing(function, withoutContext, MemorySegment.NULL))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(withoutContext.toString());
        assertThatThrownBy(() -> NativeBinding.bindTrailing(MemorySegment.NULL, FunctionDescriptor.ofVoid(ADDRESS),
                MemorySegment.NULL)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("NULL");
    }
}
