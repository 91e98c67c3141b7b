// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static dev.salto.text.callers.CTypes.WORD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.salto.text.callers.CTypes;
import dev.salto.text.callers.LeavingCallers;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Callbacks that native functions end, after Java has been left. */
@Tag("port")
final class LeavingTest {
    private static final String ARCHITECTURE = System.getProperty("os.arch");
    private static final boolean IS_WINDOWS = System.getProperty("os.name").startsWith("Windows");

    private static final FunctionDescriptor FUNCTION = FunctionDescriptor.of(WORD, WORD);
    private static final CallInterface TYPE = CallInterface.prepare(FUNCTION);

    /** The number of words that a call can be left with. */
    private static int mostWords() {
        return switch (ARCHITECTURE) {
            case "amd64" -> IS_WINDOWS ? 4 : 6;
            case "arm", "s390x" -> 4;
            default -> 8;
        };
    }

    private static long weighed(long[] words) {
        long sum = 0;
        for (int i = 0; i < words.length; i++) {
            sum += words[i] << i;
        }
        return sum;
    }

    private static long call(ArgumentHandler handler, long a) {
        try (Closure<ArgumentHandler> closure = TYPE.bind(handler)) {
            return LeavingCallers.callWithWord(closure.address(), a);
        }
    }

    private static long word(Arguments arguments) {
        return WORD.byteSize() == Long.BYTES ? arguments.getLong(0) : arguments.getInt(0);
    }

    static IntStream counts() {
        return IntStream.of(4, 6, 8).filter(count -> count <= mostWords());
    }

    @ParameterizedTest
    @MethodSource("counts")
    void theFunctionGetsItsWordsAndItsResultIsThatOfTheClosure(int count) {
        MemorySegment function = LeavingCallers.function("of_%d_words".formatted(count));

        for (long a = 0; a < 100; a++) {
            long[] words = LongStream.rangeClosed(a + 1, a + count).map(i -> i % 3 == 0 ? -i : i).toArray();
            assertThat(call(arguments -> arguments.leaveBy(function, words), a)).isEqualTo(weighed(words));
        }
    }

    @Test
    void aFunctionWithoutArgumentsIsCalled() {
        MemorySegment function = LeavingCallers.function("of_no_words");

        assertThat(call(arguments -> arguments.leaveBy(function), 5)).isEqualTo(77);
    }

    @Test
    void aVariadicFunctionIsCalled() {
        MemorySegment function = LeavingCallers.function("of_variadic_words");

        assertThat(call(arguments -> arguments.leaveBy(function, 3, word(arguments), 20, -1), 400)).isEqualTo(419);
    }

    @Test
    void aResultInAnotherRegisterIsReturned() {
        CallInterface toDouble = CallInterface.prepare(FunctionDescriptor.of(CTypes.DOUBLE, WORD));
        try (Closure<ArgumentHandler> closure = toDouble
                .bind(arguments -> arguments.leaveBy(LeavingCallers.function("half_of"), word(arguments)))) {
            assertThat(LeavingCallers.callForDouble(closure.address(), 7)).isEqualTo(3.5);
        }
    }

    @Test
    void aStructInRegistersIsReturned() {
        assumeTrue(!Set.of("i386", "x86", "arm", "s390x").contains(ARCHITECTURE) && !IS_WINDOWS,
                "structs of two words are returned in memory here");
        CallInterface toPair = CallInterface
                .prepare(FunctionDescriptor.of(MemoryLayout.structLayout(WORD, WORD), WORD));
        try (Closure<ArgumentHandler> closure = toPair.bind(
                arguments -> arguments.leaveBy(LeavingCallers.function("in_order"), word(arguments), 4))) {
            assertThat(LeavingCallers.callForPair(closure.address(), 7)).isEqualTo(4007);
        }
    }

    @Test
    void theStackIsAsDeepAsInADirectCall() {
        MemorySegment function = LeavingCallers.function("depth_of_stack");
        long[] depths = new long[2];
        try (Closure<ArgumentHandler> closure = TYPE.bind(arguments -> arguments.leaveBy(function, 0))) {
            MemorySegment[] functions = {function, closure.address()};
            for (int i = 0; i < functions.length; i++) {
                depths[i] = LeavingCallers.callWithWord(functions[i], 0);
            }
        }
        boolean isCalled = Set.of("i386", "x86", "ppc64le").contains(ARCHITECTURE);
        assertThat(depths[0] - depths[1]).isBetween(isCalled ? 1L : 0L, isCalled ? 2_000L : 0L);
    }

    @Test
    void theLastFunctionCountsAndAResultDoesNot() {
        MemorySegment function = LeavingCallers.function("of_4_words");
        assertThat(call(arguments -> {
            arguments.leaveBy(LeavingCallers.function("of_no_words"));
            arguments.leaveBy(function, 9, word(arguments));
            setResult(arguments, 12);
            // Words that were not given are zero.
            assertThat(word(arguments)).isEqualTo(30);
        }, 30)).isEqualTo(69);
    }

    private static void setResult(Arguments arguments, int value) {
        if (WORD.byteSize() == Long.BYTES) {
            arguments.setReturn((long) value);
        } else {
            arguments.setReturn(value);
        }
    }

    @Test
    void afterAnExceptionNoFunctionIsCalled() {
        CallInterface type = CallInterface.prepare(FUNCTION, ClosureOption.onException(ExceptionPolicy.handleBy(
                _ -> WORD.byteSize() == Long.BYTES ? (Object) 33L : (Object) 33)));
        try (Closure<ArgumentHandler> closure = type.bind(arguments -> {
            arguments.leaveBy(LeavingCallers.function("of_no_words"));
            throw new IllegalStateException("thrown by a test");
        })) {
            assertThat(LeavingCallers.callWithWord(closure.address(), 1)).isEqualTo(33);
        }
    }

    interface Unary {
        long apply(long a);
    }

    interface IntUnary {
        int apply(int a);
    }

    @Test
    void aTypedClosureLeavesByAFunction() {
        MemorySegment function = LeavingCallers.function("of_4_words");
        Closure<?> closure;
        if (WORD.byteSize() == Long.BYTES) {
            closure = ClosureType.of(MethodHandles.lookup(), Unary.class, FUNCTION,
                    ClosureOption.currentCall()).bind(a -> {
                        CurrentCall.leaveBy(function, a, 1, 1, 1);
                        return 0;
                    });
        } else {
            closure = ClosureType.of(MethodHandles.lookup(), IntUnary.class, FUNCTION,
                    ClosureOption.currentCall()).bind(a -> {
                        CurrentCall.leaveBy(function, a, 1, 1, 1);
                        return 0;
                    });
        }
        MemorySegment address = closure.address();
        assertThat(LeavingCallers.callWithWord(address, 100)).isEqualTo(114);
        closure.close();
        assertThat(LeavingCallers.callWithWord(address, 100)).isZero();
    }

    @Test
    void aFunctionOfWindowsConventionIsCalledAndRegistersAreKept() {
        assumeTrue(ARCHITECTURE.equals("amd64") && !IS_WINDOWS, "other architectures have no such calling convention");
        CallInterface type = CallInterface.prepare(Abi.WIN64, FUNCTION);
        try (Closure<ArgumentHandler> closure = type.bind(arguments -> arguments
                .leaveBy(LeavingCallers.function("of_4_words_of_windows"), arguments.getLong(0), 1, 1, 1))) {
            // 14 in each, and 0 + 1 + ... + 99
            assertThat(LeavingCallers.callAsWindows(closure.address(), 100)).isEqualTo(1400 + 4950);
        }
        List<Throwable> thrown = new ArrayList<>();
        try (Closure<ArgumentHandler> closure = type.bind(arguments -> {
            try {
                arguments.leaveBy(LeavingCallers.function("of_no_words"), 1, 2, 3, 4, 5);
            } catch (IllegalArgumentException e) {
                thrown.add(e);
            }
        })) {
            assertThat(LeavingCallers.callAsWindows(closure.address(), 1)).isZero();
        }
        assertThat(thrown).singleElement().asString().contains("4 words", "5 were given");
    }

    @Test
    void whatCannotBeIsRefused() {
        MemorySegment function = LeavingCallers.function("of_no_words");
        long result = call(arguments -> {
            assertThatThrownBy(() -> arguments.leaveBy(MemorySegment.NULL)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the target is NULL");
            assertThatThrownBy(() -> arguments.leaveBy(MemorySegment.ofArray(new byte[1])))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("Heap segment");
            assertThatThrownBy(() -> arguments.leaveBy(function, new long[mostWords() + 1]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("%d words".formatted(mostWords()),
                            "%d were given".formatted(mostWords() + 1));
            if (WORD.byteSize() == Integer.BYTES) {
                assertThatThrownBy(() -> arguments.leaveBy(function, 1L << 32))
                        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("32 bits");
            }
            setResult(arguments, 5);
        }, 1);
        assertThat(result).isEqualTo(5);
        assertThatThrownBy(() -> CurrentCall.leaveBy(function)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("ClosureOption.currentCall");
    }
}
