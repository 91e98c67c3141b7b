// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.salto.text.callers.Callers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntBinaryOperator;
import java.util.function.IntUnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Function pointers without a {@link Closure} for each. */
final class ClosureByAddressTest {
    private static final ClosureType<IntBinaryOperator> BINARY = ClosureType.of(IntBinaryOperator.class,
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    private static int call(long address, int a) {
        return Callers.callRepeatedly(MemorySegment.ofAddress(address), 1, a);
    }

    @Test
    void itIsBoundReboundAndClosedByItsAddress() {
        long address = BINARY.bindAddress((a, b) -> a * 10 + b);
        assertThat(call(address, 4)).isEqualTo(40);

        BINARY.rebindAddress(address, (a, _) -> a - 1);
        assertThat(call(address, 4)).isEqualTo(3);

        BINARY.closeAddress(address);
        assertThat(call(address, 4)).isZero();
    }

    @Test
    void closingOrRebindingItOnceMoreIsRefused() {
        long address = BINARY.bindAddress((a, _) -> a);
        BINARY.closeAddress(address);

        assertThatThrownBy(() -> BINARY.closeAddress(address)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("0x" + Long.toHexString(address) + " is closed");
        assertThatThrownBy(() -> BINARY.rebindAddress(address, (a, _) -> a)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is closed");
    }

    @Tag("port")
    @Test
    void anAddressThatIsNoneOfTheTypesIsRefused() {
        ClosureType<IntUnaryOperator> unary = ClosureType.of(IntUnaryOperator.class,
                FunctionDescriptor.of(JAVA_INT, JAVA_INT));
        long address = unary.bindAddress(a -> a);
        try (Arena arena = Arena.ofConfined(); Trampoline trampoline = Trampoline.allocate()) {
            for (long other : new long[]{0, 1, -1, Long.MIN_VALUE, address, address + 1, address - 1,
                arena.allocate(8).address(), trampoline.address().address(), Callers.add().address()}) {
                assertThatThrownBy(() -> BINARY.closeAddress(other)).isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("no function pointer of this type at 0x" + Long.toHexString(other));
                assertThatThrownBy(() -> BINARY.rebindAddress(other, (a, _) -> a))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
        unary.closeAddress(address);
    }

    private interface OfNeighbours extends IntUnaryOperator {}

    @Test
    void addressesBetweenFunctionPointersAreRefused() {
        ClosureType<OfNeighbours> type = ClosureType.of(MethodHandles.lookup(), OfNeighbours.class,
                FunctionDescriptor.of(JAVA_INT, JAVA_INT));
        long[] addresses = LongStream.generate(() -> type.bindAddress(a -> a)).limit(20).sorted().toArray();
        for (int i = 1; i < addresses.length; i++) {
            // Upcall stubs lie so far apart that only some addresses between them are tried.
            long step = Math.ceilDiv(addresses[i] - addresses[i - 1], 64);
            for (long between = addresses[i - 1] + 1; between < addresses[i]; between += step) {
                long other = between;
                assertThatThrownBy(() -> type.closeAddress(other)).isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("no function pointer of this type at 0x" + Long.toHexString(other));
            }
        }
        assertThat(LongStream.of(addresses)).allMatch(address -> address % 4 == 0);
        LongStream.of(addresses).forEach(type::closeAddress);
    }

    @Test
    void whatSomethingElseClosesIsNotClosedByItsAddress() {
        try (Arena arena = Arena.ofConfined(); Closure<IntBinaryOperator> closure = BINARY.bind((a, _) -> a + 1)) {
            MemorySegment ofArena = BINARY.bind((a, _) -> a + 1, arena);
            for (MemorySegment function : new MemorySegment[]{closure.address(), ofArena}) {
                assertThatThrownBy(() -> BINARY.closeAddress(function.address()))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("belongs to a Closure or an arena");
                assertThat(call(function.address(), 4)).isEqualTo(5);
            }
        }
    }

    @Test
    void ofManyThreadsThatCloseOneOnlyOneDoes() throws InterruptedException {
        for (int round = 0; round < 200; round++) {
            long address = BINARY.bindAddress((a, _) -> a);
            AtomicInteger closed = new AtomicInteger();
            CountDownLatch start = new CountDownLatch(1);
            Thread[] threads = new Thread[4];
            for (int i = 0; i < threads.length; i++) {
                threads[i] = Thread.ofPlatform().start(() -> {
                    try {
                        start.await();
                        BINARY.closeAddress(address);
                        closed.incrementAndGet();
                    } catch (IllegalStateException e) {
                        // another one was faster
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
            }
            start.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(closed).hasValue(1);
        }
    }

    @Test
    void theCallOfOneThatWasClosedNamesWhatItWasBoundTo() {
        long address = BINARY.bindAddress(new Named());
        BINARY.closeAddress(address);
        StringBuilder targetClass = new StringBuilder();
        Salto.override(ClosureOption.onUseAfterFree(use -> targetClass.append(use.targetClass())));
        try {
            assertThat(call(address, 4)).isZero();
        } finally {
            Salto.override();
        }
        assertThat(targetClass.toString()).isEqualTo(Named.class.getName());
    }

    private static final class Named implements IntBinaryOperator {
        @Override
        public int applyAsInt(int left, int right) {
            return left;
        }
    }
}
