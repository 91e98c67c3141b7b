// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.salto.text.callers.CTypes;
import dev.salto.text.callers.Callers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Arguments belong to one call of one thread, whatever a handler does with them. */
final class ArgumentsTest {
    private static final FunctionDescriptor BINARY = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);
    private static final StructLayout PAIR = CLayouts.struct(JAVA_INT, JAVA_INT);

    /** All that can be done with arguments. */
    private static final List<Consumer<Arguments>> USES = List.of(Arguments::callInterface, Arguments::count,
            arguments -> arguments.getBoolean(0), arguments -> arguments.getByte(0),
            arguments -> arguments.getShort(0), arguments -> arguments.getChar(0), arguments -> arguments.getInt(0),
            arguments -> arguments.getLong(0), arguments -> arguments.getFloat(0), arguments -> arguments.getDouble(0),
            arguments -> arguments.getPointer(0), arguments -> arguments.getAddress(0),
            arguments -> arguments.getSegment(0), arguments -> arguments.setReturn(true),
            arguments -> arguments.setReturn((byte) 1), arguments -> arguments.setReturn((short) 1),
            arguments -> arguments.setReturn('1'), arguments -> arguments.setReturn(1),
            arguments -> arguments.setReturn(1L), arguments -> arguments.setReturn(1f),
            arguments -> arguments.setReturn(1d), arguments -> arguments.setReturnPointer(1),
            arguments -> arguments.setReturn(MemorySegment.NULL),
            arguments -> arguments.copyTo(0, MemorySegment.ofArray(new byte[16])),
            arguments -> arguments.setReturnFrom(MemorySegment.ofArray(new byte[16])));

    private static void assertAllFail(Arguments arguments, Class<? extends Throwable> expected) {
        for (int i = 0; i < USES.size(); i++) {
            Consumer<Arguments> use = USES.get(i);
            assertThat(catchThrowable(() -> use.accept(arguments))).as("use %d", i).isInstanceOf(expected);
        }
    }

    private static void onAnotherThread(Runnable action) {
        List<Throwable> thrown = new ArrayList<>();
        Thread thread = Thread.ofPlatform().name("another").uncaughtExceptionHandler((_, e) -> thrown.add(e))
                .start(action);
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        assertThat(thrown).isEmpty();
    }

    /** A value of each type that a function can have without a struct. */
    private static List<Object> valuesOfEachType() {
        return List.of(true, false, (byte) -2, (short) -3, '\uffff', -4, -5L << 40, 1.5f, -2.5e300,
                MemorySegment.ofAddress(0x12345678L));
    }

    private static ValueLayout layoutOf(Object value) {
        return switch (value) {
            case Boolean _ -> ValueLayout.JAVA_BOOLEAN;
            case Byte _ -> JAVA_BYTE;
            case Short _ -> ValueLayout.JAVA_SHORT;
            case Character _ -> ValueLayout.JAVA_CHAR;
            case Integer _ -> JAVA_INT;
            case Long _ -> CTypes.LONG_LONG;
            case Float _ -> ValueLayout.JAVA_FLOAT;
            case Double _ -> CTypes.DOUBLE;
            default -> ValueLayout.ADDRESS;
        };
    }

    @Tag("port")
    @ParameterizedTest
    @MethodSource("valuesOfEachType")
    void anArgumentIsCopiedAndAResultIsSetWithoutKnowingItsType(Object value) throws Throwable {
        ValueLayout layout = layoutOf(value);
        FunctionDescriptor function = FunctionDescriptor.of(layout, JAVA_INT, layout);
        for (Tier tier : Tier.values()) {
            try (Closure<ArgumentHandler> echo = CallInterface.prepare(function, ClosureOption.tier(tier))
                    .bind(arguments -> {
                        MemorySegment copy = MemorySegment.ofArray(new byte[(int) layout.byteSize() + 1]);
                        arguments.copyTo(1, copy);
                        arguments.setReturnFrom(copy);
                    })) {
                MethodHandle call = Linker.nativeLinker().downcallHandle(echo.address(), function);
                assertThat(call.invokeWithArguments(7, value)).as("%s", tier).isEqualTo(value);
            }
        }
    }

    @Test
    void memoryThatIsTooSmallIsRefused() {
        List<Throwable> thrown = new ArrayList<>();
        try (Closure<ArgumentHandler> closure = CallInterface.prepare(BINARY).bind(arguments -> {
            MemorySegment small = MemorySegment.ofArray(new byte[3]);
            thrown.add(catchThrowable(() -> arguments.copyTo(1, small)));
            thrown.add(catchThrowable(() -> arguments.setReturnFrom(small)));
            thrown.add(catchThrowable(() -> arguments.copyTo(2, small)));
            arguments.setReturn(8);
        })) {
            assertThat(Callers.callRepeatedly(closure.address(), 1, 5)).isEqualTo(8);
        }
        assertThat(thrown.subList(0, 2)).allSatisfy(
                e -> assertThat(e).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("3 bytes"));
        assertThat(thrown.get(2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aFunctionThatReturnsNothingRefusesAResult() throws Throwable {
        FunctionDescriptor function = FunctionDescriptor.ofVoid();
        List<Throwable> thrown = new ArrayList<>();
        try (Closure<ArgumentHandler> closure = CallInterface.prepare(function)
                .bind(arguments -> thrown.add(catchThrowable(
                        () -> arguments.setReturnFrom(MemorySegment.ofArray(new byte[8])))))) {
            Linker.nativeLinker().downcallHandle(closure.address(), function).invoke();
        }
        assertThat(thrown).singleElement().satisfies(
                e -> assertThat(e).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("nothing"));
    }

    private static CallInterface binary(Tier tier) {
        return CallInterface.prepare(BINARY, ClosureOption.tier(tier));
    }

    @ParameterizedTest
    @MethodSource("dev.salto.Tiers#here")
    void argumentsThatWereKeptAreRefusedEvenWhileTheThreadIsCalledAgain(Tier tier) {
        List<Arguments> kept = new ArrayList<>();
        try (Closure<ArgumentHandler> closure = binary(tier).bind(arguments -> {
            kept.forEach(each -> assertAllFail(each, IllegalStateException.class));
            kept.add(arguments);
            arguments.setReturn(arguments.getInt(0) + arguments.getInt(1));
        })) {
            assertThat(Callers.callRepeatedly(closure.address(), 3, 5)).isEqualTo(5 + 0 + 1 + 2);
        }
        assertThat(kept).hasSize(3);
        assertThatThrownBy(() -> kept.getFirst().getInt(0)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the call is over");
    }

    /** Nobody uses them between their call and the last one, however many calls there are. */
    @ParameterizedTest
    @MethodSource("dev.salto.Tiers#here")
    void argumentsOfACallAreNeverThoseOfALaterCall(Tier tier) {
        int calls = 1_000;
        List<Arguments> kept = new ArrayList<>();
        try (Closure<ArgumentHandler> closure = binary(tier).bind(arguments -> {
            if (arguments.getInt(1) == calls - 1) {
                kept.forEach(each -> assertThatThrownBy(() -> each.getInt(0)).isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("the call is over"));
            }
            kept.add(arguments);
        })) {
            int _ = Callers.callRepeatedly(closure.address(), calls, 5);
        }
        assertThat(kept).hasSize(calls).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("dev.salto.Tiers#here")
    void anotherThreadCanNeverUseArguments(Tier tier) {
        List<Arguments> kept = new ArrayList<>();
        try (Closure<ArgumentHandler> closure = binary(tier).bind(arguments -> {
            kept.add(arguments);
            onAnotherThread(() -> assertAllFail(arguments, WrongThreadException.class));
            arguments.setReturn(arguments.getInt(0) + 1);
        })) {
            assertThat(Callers.callRepeatedly(closure.address(), 1, 5)).isEqualTo(6);
        }
        onAnotherThread(() -> {
            assertAllFail(kept.getFirst(), WrongThreadException.class);
            assertThatThrownBy(() -> kept.getFirst().getInt(0)).hasMessageContainingAll("thread another",
                    "thread main");
        });
    }

    /** Segments that are closed, confined or too small are refused. The result is zero then. */
    @Tag("port")
    @Test
    void aResultThatCannotBeReadIsZeroUntilItIsSetAgain() throws Throwable {
        MemorySegment closed;
        try (Arena arena = Arena.ofShared()) {
            closed = arena.allocate(PAIR);
        }
        List<MemorySegment> foreign = new ArrayList<>();
        onAnotherThread(() -> foreign.add(Arena.ofConfined().allocate(PAIR)));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment good = arena.allocate(PAIR);
            good.setAtIndex(JAVA_INT, 0, 3);
            good.setAtIndex(JAVA_INT, 1, 4);
            assertThat(returned(arguments -> {
                arguments.setReturn(good);
                assertThatThrownBy(() -> arguments.setReturn(closed)).isInstanceOf(IllegalStateException.class);
            })).containsExactly(0, 0);
            assertThat(returned(arguments -> {
                assertThatThrownBy(() -> arguments.setReturn(foreign.getFirst()))
                        .isInstanceOf(WrongThreadException.class);
                arguments.setReturn(good);
            })).containsExactly(3, 4);
            assertThat(returned(arguments -> {
                arguments.setReturn(good);
                assertThatThrownBy(() -> arguments.setReturn(good.asSlice(0, 4)))
                        .isInstanceOf(IllegalArgumentException.class).hasMessageContainingAll("4 bytes", "has 8");
            })).containsExactly(3, 4);
            assertThat(returned(arguments -> arguments.setReturn(MemorySegment.ofArray(good.toArray(JAVA_BYTE)))))
                    .containsExactly(3, 4);
        }
    }

    private static int[] returned(ArgumentHandler handler) throws Throwable {
        FunctionDescriptor function = FunctionDescriptor.of(PAIR);
        try (Arena arena = Arena.ofConfined()) {
            MethodHandle call = Linker.nativeLinker().downcallHandle(
                    CallInterface.prepare(function, ClosureOption.tier(Tier.DATA_DRIVEN)).bind(handler, arena),
                    function);
            return ((MemorySegment) call.invokeExact((SegmentAllocator) arena)).toArray(JAVA_INT);
        }
    }

    @Tag("host")
    @ParameterizedTest
    @ValueSource(strings = {"argument handler", "call handler", "interface", "policy"})
    void aStructCanBeReturnedWhileAnotherThreadClosesItsArena(String how) throws Exception {
        // Interpreted code has a safepoint between any two calls, where the arena can be closed.
        ChildJvm child = ChildJvm.runWith(ChildJvm.libraryClasses(), "ClosingArenas", new String[]{how}, "-Xint");

        assertThat(child.output()).contains("done=all structs were whole");
        assertThat(child.exitCode()).isZero();
        assertThat(Integer.parseInt(child.value("filled"))).isPositive();
    }
}
