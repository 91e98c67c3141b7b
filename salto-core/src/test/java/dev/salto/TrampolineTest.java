// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static dev.salto.text.callers.CTypes.DOUBLE;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.salto.text.callers.Callers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The five calls of the trampoline API, with native targets. */
@Tag("port")
final class TrampolineTest {
    private static final MethodHandle DATA = Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(ADDRESS));
    private static final MethodHandle DOUBLES = Linker.nativeLinker()
            .downcallHandle(FunctionDescriptor.of(DOUBLE, DOUBLE));

    private static long dataAt(MemorySegment function) {
        try {
            return ((MemorySegment) DATA.invokeExact(function)).address();
        } catch (Throwable e) {
            throw new AssertionError("a downcall threw", e);
        }
    }

    @Test
    void areSupportedHere() {
        assertThat(Trampoline.isSupported()).isTrue();
    }

    @Test
    void theTargetFindsTheDataInTheScratchRegister() throws Throwable {
        try (Trampoline trampoline = Trampoline.allocate(); Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(8);
            trampoline.set(Callers.dataOfThisCall(), data);

            assertThat(dataAt(trampoline.address())).isEqualTo(data.address());
        }
    }

    @Test
    void anyWordCanBeData() throws Throwable {
        try (Trampoline trampoline = Trampoline.allocate()) {
            long ones = -1L >>> (Long.SIZE - 8 * ADDRESS.byteSize());
            for (long word : new long[]{0, 1, ones, ones - (ones >>> 1), 0x0123_4567_89ab_cdefL & ones}) {
                trampoline.set(Callers.dataOfThisCall(), MemorySegment.ofAddress(word));

                assertThat(dataAt(trampoline.address())).isEqualTo(word);
            }
        }
    }

    @Test
    void argumentsAndResultPassUnchanged() {
        try (Trampoline trampoline = Trampoline.allocate()) {
            trampoline.set(Callers.add(), MemorySegment.NULL);

            assertThat(Callers.callRepeatedly(trampoline.address(), 101, 7)).isEqualTo(7 + 5050);
        }
    }

    @Test
    void eachTrampolineHasAnAddressAndDataOfItsOwn() throws Throwable {
        try (Trampoline first = Trampoline.allocate(); Trampoline second = Trampoline.allocate()) {
            first.set(Callers.dataOfThisCall(), MemorySegment.ofAddress(1));
            second.set(Callers.dataOfThisCall(), MemorySegment.ofAddress(2));

            assertThat(first.address()).isNotEqualTo(second.address());
            assertThat(dataAt(first.address())).isEqualTo(1);
            assertThat(dataAt(second.address())).isEqualTo(2);
        }
    }

    @Test
    void oneThatWasNeverSetReturnsZero() throws Throwable {
        try (Trampoline trampoline = Trampoline.allocate()) {
            assertThat(dataAt(trampoline.address())).isZero();
            assertThat((double) DOUBLES.invokeExact(trampoline.address(), 1.5)).isZero();
        }
    }

    @Test
    void oneThatIsFreedReturnsZero() throws Throwable {
        Trampoline trampoline = Trampoline.allocate().set(Callers.dataOfThisCall(), MemorySegment.ofAddress(7));
        MemorySegment address = trampoline.address();
        trampoline.close();

        assertThat(dataAt(address)).isZero();
    }

    @Test
    void aFreedOneIsHandedOutAgain() {
        Trampoline first = Trampoline.allocate();
        MemorySegment address = first.address();
        first.close();

        assertThat(IntStream.range(0, 2 * TrampolineTable.capacity()).mapToObj(_ -> {
            try (Trampoline other = Trampoline.allocate()) {
                return other.address();
            }
        })).contains(address);
    }

    @Test
    void isRetargetedWhileAnotherThreadCallsIt() throws Exception {
        try (Trampoline trampoline = Trampoline.allocate();
                ExecutorService executor = Executors.newSingleThreadExecutor()) {
            trampoline.set(Callers.dataOfThisCall(), MemorySegment.NULL);
            MemorySegment address = trampoline.address();
            Future<?> caller = executor.submit(() -> {
                long last = 0;
                while (last < Amounts.scaled(10_000)) {
                    long data = dataAt(address);
                    assertThat(data).as("after " + last).isGreaterThanOrEqualTo(last);
                    last = data;
                }
                return null;
            });
            for (long word = 1; !caller.isDone(); word++) {
                trampoline.set(Callers.dataOfThisCall(), MemorySegment.ofAddress(word));
            }
            caller.get();
        }
    }

    @Test
    void refusesWhatHasNoAddress() {
        try (Trampoline trampoline = Trampoline.allocate()) {
            MemorySegment heap = MemorySegment.ofArray(new byte[8]);

            assertThatThrownBy(() -> trampoline.set(heap, MemorySegment.NULL))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("target").hasMessageContaining("Heap segment not allowed");
            assertThatThrownBy(() -> trampoline.set(Callers.add(), heap))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("data").hasMessageContaining("Heap segment not allowed");
            assertThatThrownBy(() -> trampoline.set(MemorySegment.NULL, MemorySegment.NULL))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("NULL");
        }
    }

    @Test
    void aRefusedTargetLeavesTheOldOneInPlace() throws Throwable {
        try (Trampoline trampoline = Trampoline.allocate()) {
            trampoline.set(Callers.dataOfThisCall(), MemorySegment.ofAddress(5));
            assertThatThrownBy(() -> trampoline.set(MemorySegment.NULL, MemorySegment.NULL))
                    .isInstanceOf(IllegalArgumentException.class);

            assertThat(dataAt(trampoline.address())).isEqualTo(5);
        }
    }

    @Test
    void aClosedOneSaysSo() {
        Trampoline trampoline = Trampoline.allocate();
        trampoline.close();
        trampoline.close();

        assertThatThrownBy(trampoline::address).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> trampoline.set(Callers.add(), MemorySegment.NULL))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        assertThat(trampoline).hasToString("Trampoline[%#x, closed]".formatted(addressIn(trampoline)));
    }

    private static long addressIn(Trampoline trampoline) {
        return Long.decode(trampoline.toString().replaceAll(".*(0x[0-9a-f]+).*", "$1"));
    }

    @Test
    void theCallerMayCloseOneTwiceWithoutHarmingTheNextOwner() throws Throwable {
        Trampoline first = Trampoline.allocate();
        first.close();
        try (Trampoline second = Trampoline.allocate().set(Callers.dataOfThisCall(), MemorySegment.ofAddress(9))) {
            first.close();

            assertThat(dataAt(second.address())).isEqualTo(9);
        }
    }

    @Test
    void intArgumentsReachATargetThatIsAnUpcallStub() throws Throwable {
        FunctionDescriptor binary = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);
        MethodHandle subtract = MethodHandles.lookup()
                .findStatic(Math.class, "subtractExact", binary.toMethodType());
        try (Trampoline trampoline = Trampoline.allocate(); Arena arena = Arena.ofConfined()) {
            trampoline.set(Linker.nativeLinker().upcallStub(subtract, binary, arena), MemorySegment.NULL);
            MethodHandle call = Linker.nativeLinker().downcallHandle(trampoline.address(), binary);

            assertThat((int) call.invokeExact(5, 3)).isEqualTo(2);
        }
    }
}
