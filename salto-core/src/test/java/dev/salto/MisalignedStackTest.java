// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.salto.CSignaturesTest.CCaller;
import dev.salto.ConventionCaller.Binding;
import dev.salto.text.callers.Callers;
import dev.salto.text.callers.SignatureCallers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Function pointers whose callers have not aligned the stack as the ABI asks for. */
@Tag("port")
final class MisalignedStackTest {
    private static final boolean IS_WINDOWS = System.getProperty("os.name").startsWith("Windows");
    private static final boolean IS_I386 = System.getProperty("os.arch").equals("i386");

    /**
     * How far the stack pointer is from a multiple of 16, for functions of {@code conventions.c}.
     */
    private static final List<Integer> OFFSETS = IS_I386 ? List.of(0, 4, 8, 12) : List.of(0, 8);

    private static final Object[] IN_REGISTERS = {1, -2};
    private static final Object[] ALSO_ON_THE_STACK = {1, -2, 3, -4, 5, -6, 7, -8};

    @BeforeAll
    static void onlyOnX86() {
        assumeTrue(List.of("amd64", "i386").contains(System.getProperty("os.arch")),
                "on other architectures the processor or every compiler keeps the stack aligned");
    }

    /** How C compilers call here. */
    private static final String CALLERS = IS_WINDOWS ? "win64_skewed_" : "sysv_skewed_";

    private static Stream<Arguments> everyCallerWithEachBinding() {
        if (IS_WINDOWS) {
            return OFFSETS.stream().flatMap(offset -> Stream.of(Binding.values()).map(binding -> Arguments.of(
                    new ConventionCaller(Abi.NATIVE, CCaller.of(CALLERS + offset, 71, ALSO_ON_THE_STACK)), binding)));
        }
        return OFFSETS.stream().flatMap(offset -> Stream.concat(
                Stream.of(IN_REGISTERS, ALSO_ON_THE_STACK)
                        .map(arguments -> new ConventionCaller(Abi.NATIVE,
                                CCaller.of(CALLERS + offset, 70, arguments)))
                        .flatMap(caller -> Stream.of(Binding.values()).map(binding -> Arguments.of(caller, binding))),
                IS_I386
                        ? Stream.empty()
                        : Stream.of(Arguments.of(
                                new ConventionCaller(Abi.WIN64,
                                        CCaller.of("win64_skewed_" + offset, 71, ALSO_ON_THE_STACK)),
                                Binding.DATA_DRIVEN))));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("everyCallerWithEachBinding")
    void aCallbackWorksWithAnyAlignmentOfItsCallersStack(ConventionCaller caller, Binding binding) {
        for (SignatureCallers level : ConventionCaller.levels()) {
            caller.check(level, binding);
        }
    }

    private static List<Integer> offsets() {
        return OFFSETS;
    }

    @ParameterizedTest
    @MethodSource("offsets")
    void aFunctionThatIsCalledWithOneMoreArgumentOnTheStackFindsTheStackAligned(int offset) {
        ConventionCaller caller = new ConventionCaller(Abi.NATIVE,
                CCaller.of(CALLERS + offset, 0, ALSO_ON_THE_STACK));
        try (Arena arena = Arena.ofConfined();
                NativeBinding binding = NativeBinding.bindTrailing(Callers.misalignmentOfStack(),
                        caller.caller().function().appendArgumentLayouts(ADDRESS), MemorySegment.NULL)) {
            for (SignatureCallers level : ConventionCaller.levels()) {
                MemorySegment stored = caller.call(level, binding.address(), arena);

                assertThat(stored.get(JAVA_INT, ConventionCaller.VALUE)).isZero();
            }
        }
    }
}
