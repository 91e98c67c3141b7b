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
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.salto.text.callers.Callers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.DoubleSupplier;
import java.util.function.IntBinaryOperator;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The use of closures: bind, call from native code, rebind, close. */
final class ClosureTest {
    private static final FunctionDescriptor BINARY_FUNCTION = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);
    private static final ClosureType<IntBinaryOperator> BINARY = ClosureType.of(IntBinaryOperator.class,
            BINARY_FUNCTION);

    private static int call(MemorySegment function, int a) {
        return Callers.callRepeatedly(function, 1, a);
    }

    @Test
    void nativeCodeCallsAJavaObject() {
        try (Closure<IntBinaryOperator> closure = BINARY.bind((a, b) -> a * 10 + b)) {
            // 4 * 10 + 0, then that * 10 + 1, then that * 10 + 2
            assertThat(Callers.callRepeatedly(closure.address(), 3, 4)).isEqualTo(4012);
        }
    }

    @Test
    void eachClosureReachesItsOwnObject() {
        List<Closure<IntBinaryOperator>> closures = IntStream.range(0, 100)
                .mapToObj(i -> BINARY.bind((a, b) -> a + i))
                .toList();

        for (int i = 0; i < closures.size(); i++) {
            assertThat(call(closures.get(i).address(), 1000)).isEqualTo(1000 + i);
        }
        closures.forEach(Closure::close);
    }

    @Test
    void theCLibrarySortsWithAJavaComparator() throws Throwable {
        ValueLayout element = ADDRESS.withTargetLayout(JAVA_INT);
        ClosureType<Comparator<MemorySegment>> comparator = ClosureType.of(Comparator.class,
                FunctionDescriptor.of(JAVA_INT, element, element));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment numbers = arena.allocateFrom(JAVA_INT, 5, -3, 9, 0, 7, -8);

            Qsort.sort(numbers,
                    comparator.bind(Comparator.comparingInt((MemorySegment s) -> s.get(JAVA_INT, 0)), arena));

            assertThat(numbers.toArray(JAVA_INT)).containsExactly(-8, -3, 0, 5, 7, 9);
        }
    }

    @Test
    void aReboundFunctionPointerReachesTheNewObject() {
        try (Closure<IntBinaryOperator> closure = BINARY.bind((a, b) -> 1)) {
            MemorySegment address = closure.address();
            closure.rebind((a, b) -> 2);

            assertThat(closure.address()).isEqualTo(address);
            assertThat(call(address, 0)).isEqualTo(2);
        }
    }

    @Test
    void isReboundWhileAnotherThreadCallsIt() throws Exception {
        try (Closure<IntBinaryOperator> closure = BINARY.bind((a, b) -> 0);
                ExecutorService executor = Executors.newSingleThreadExecutor()) {
            MemorySegment address = closure.address();
            Future<?> caller = executor.submit(() -> {
                Set<Integer> seen = new HashSet<>();
                int last = 0;
                while (seen.size() < Amounts.scaled(1_000)) {
                    int answer = call(address, 0);
                    assertThat(answer).as("after " + last).isGreaterThanOrEqualTo(last);
                    last = answer;
                    seen.add(answer);
                }
            });
            for (int i = 1; !caller.isDone(); i++) {
                int answer = i;
                closure.rebind((a, b) -> answer);
                assertThat(call(address, 0)).isEqualTo(i);
            }
            caller.get();
        }
    }

    /** Returns a struct. */
    interface OfStruct {
        MemorySegment get();
    }

    @Test
    void aStructIsReturnedWithoutTheBytesBehindIt() throws Throwable {
        for (int size : new int[]{3, 17, 24}) {
            FunctionDescriptor function = FunctionDescriptor
                    .of(MemoryLayout.structLayout(MemoryLayout.sequenceLayout(size, JAVA_BYTE)));
            ClosureType<OfStruct> type = ClosureType.of(MethodHandles.lookup(), OfStruct.class, function);
            for (Arena arena : List.of(Arena.ofAuto(), Arena.global())) {
                MemorySegment larger = arena.allocate(64).fill((byte) 7);
                MemorySegment place = arena.allocate(64);
                try (Closure<OfStruct> closure = type.bind(() -> larger)) {
                    MethodHandle call = Linker.nativeLinker().downcallHandle(closure.address(), function);
                    MemorySegment result = (MemorySegment) call.invokeExact(SegmentAllocator.prefixAllocator(place));
                    assertThat(result.toArray(JAVA_BYTE)).hasSize(size).containsOnly(7);
                }
                assertThat(place.asSlice(size).toArray(JAVA_BYTE)).containsOnly(0);
            }
        }
    }

    /** How many slots a type has before it gets tables of its own. */
    private static final int FIRST_SLOTS = 64;

    private static final int BATCH = 64;

    /** A signature whose slots nobody else gives back. */
    interface OfQuarantine extends IntBinaryOperator {}

    @Test
    void slotsAreReusedAfterTheirQuarantine() {
        ClosureType<OfQuarantine> type = ClosureType.of(MethodHandles.lookup(), OfQuarantine.class, BINARY_FUNCTION);
        // The first slots of a type are used once.
        for (int i = 0; i < FIRST_SLOTS; i++) {
            type.bind((a, b) -> 0).close();
        }
        // Slots travel by the batch, whose last one is bound first. After a garbage collection, the
        // oldest go back to their table instead, and are bound much later.
        int most = 1000 + 4 * BATCH;
        int others;
        int attempts = 0;
        do {
            others = closesUntilReuse(type);
            assertThat(others).isGreaterThanOrEqualTo(1000);
            attempts++;
        } while (others > most && attempts < 5);
        assertThat(others).isLessThanOrEqualTo(most);
    }

    /** Closes a closure, and then others until its slot is bound again, or 2,000 of them. */
    private static int closesUntilReuse(ClosureType<OfQuarantine> type) {
        Closure<OfQuarantine> first = type.bind((a, b) -> 1);
        MemorySegment address = first.address();
        first.close();
        int others = 0;
        Closure<OfQuarantine> other = type.bind((a, b) -> 2);
        while (!other.address().equals(address) && others < 2000) {
            other.close();
            other = type.bind((a, b) -> 2);
            others++;
        }
        assertThat(call(other.address(), 0)).isEqualTo(2);
        other.close();
        return others;
    }

    @Test
    void bindingAndClosingForeverMapsNothingNew() {
        for (int i = 0; i <= FIRST_SLOTS; i++) {
            BINARY.bind((a, b) -> 0).close();
        }
        long before = Salto.report().tables();
        for (int i = 0; i < Amounts.moreThanATable(100_000); i++) {
            BINARY.bind((a, b) -> 0).close();
        }
        assertThat(Salto.report().tables()).isLessThanOrEqualTo(before);
    }

    /** A signature without closures so far. */
    interface OfThisTest extends IntBinaryOperator {}

    @Tag("port")
    @Test
    void tablesGrowAndEveryClosureStillAnswers() {
        ClosureType<OfThisTest> type = ClosureType.of(MethodHandles.lookup(), OfThisTest.class,
                BINARY_FUNCTION);
        int count = Amounts.moreThanATable(20_000);
        long before = Salto.report().tables();
        List<Closure<OfThisTest>> closures = new ArrayList<>();
        Set<Long> addresses = new HashSet<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment functions = arena.allocate(ADDRESS, count);
            MemorySegment results = arena.allocate(JAVA_INT, count);
            for (int i = 0; i < count; i++) {
                int own = i * 31;
                Closure<OfThisTest> closure = type.bind((a, b) -> a + b + own);
                closures.add(closure);
                addresses.add(closure.address().address());
                functions.setAtIndex(ADDRESS, i, closure.address());
            }
            Callers.callEach(functions, count, 7, results);

            for (int i = 0; i < count; i++) {
                assertThat(results.getAtIndex(JAVA_INT, i)).isEqualTo(7 + i + i * 31);
            }
        }
        assertThat(addresses).hasSize(count);
        // Those of other types may go back to the system meanwhile.
        assertThat(Salto.report().tables() - before)
                .isLessThanOrEqualTo(Math.ceilDiv(count, TrampolineTable.capacity()));
        closures.forEach(Closure::close);
    }

    @Test
    void manyThreadsBindCallAndCloseAtOnce() throws Exception {
        try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
            List<Future<?>> threads = IntStream.range(0, 4).<Future<?>>mapToObj(t -> executor.submit(() -> {
                for (int i = 0; i < Amounts.scaled(20_000); i++) {
                    int own = t * 1_000_000 + i;
                    try (Closure<IntBinaryOperator> closure = BINARY.bind((a, b) -> a + own)) {
                        assertThat(call(closure.address(), 1)).isEqualTo(own + 1);
                    }
                }
            })).toList();
            for (Future<?> thread : threads) {
                thread.get();
            }
        }
    }

    @Test
    void anArenaClosesWhatWasBoundInIt() {
        MemorySegment address;
        try (Arena arena = Arena.ofConfined()) {
            address = BINARY.bind((a, b) -> 5, arena);
            assertThat(call(address, 0)).isEqualTo(5);
            assertThat(address.byteSize()).isZero();
        }
        assertThat(call(MemorySegment.ofAddress(address.address()), 0)).isZero();
        assertThatThrownBy(() -> call(address, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    @Tag("port")
    void anArenaThatCannotOwnItIsRefusedAndNothingLeaks() throws Exception {
        Arena closed = Arena.ofConfined();
        closed.close();
        List<Arena> foreign = new ArrayList<>();
        Thread.ofPlatform().start(() -> foreign.add(Arena.ofConfined())).join();
        // The type has tables of its own after its first 64 closures, whichever tests ran before.
        for (int i = 0; i <= FIRST_SLOTS; i++) {
            BINARY.bind((a, b) -> 0).close();
        }
        // Fails after taking a slot each time: with a leak, the next table would be mapped.
        long before = Salto.report().tables();
        int attempts = TrampolineTable.capacity();
        int ofClosed = 0;
        int ofForeign = 0;
        for (int i = 0; i < attempts; i++) {
            if (catchThrowable(() -> BINARY.bind((a, b) -> 0, closed)) instanceof IllegalStateException) {
                ofClosed++;
            }
            if (catchThrowable(() -> BINARY.bind((a, b) -> 0, foreign.getFirst())) instanceof WrongThreadException) {
                ofForeign++;
            }
        }
        assertThat(ofClosed).isEqualTo(attempts);
        assertThat(ofForeign).isEqualTo(attempts);
        assertThat(Salto.report().tables()).isLessThanOrEqualTo(before);
    }

    @Test
    void aClosedClosureReturnsZeroAndSaysSo() {
        Closure<IntBinaryOperator> closure = BINARY.bind((a, b) -> 5);
        MemorySegment address = closure.address();
        closure.close();
        closure.close();

        assertThat(call(address, 0)).isZero();
        assertThatThrownBy(closure::address).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        assertThatThrownBy(() -> closure.rebind((a, b) -> 1)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThat(closure.toString()).contains("closed").contains("IntBinaryOperator");
    }

    interface FloatSupplier {
        float get();
    }

    @Test
    void aClosedClosureReturnsAZeroThatCanBeCalculatedWith() {
        Closure<FloatSupplier> ofFloat = ClosureType
                .of(MethodHandles.lookup(), FloatSupplier.class, FunctionDescriptor.of(JAVA_FLOAT)).bind(() -> 2.5f);
        Closure<DoubleSupplier> ofDouble = ClosureType.of(DoubleSupplier.class, FunctionDescriptor.of(DOUBLE))
                .bind(() -> 2.5);
        MemorySegment floatAddress = ofFloat.address();
        MemorySegment doubleAddress = ofDouble.address();
        assertThat(Callers.addToFloat(floatAddress, 1)).isEqualTo(3.5f);
        assertThat(Callers.addToDouble(doubleAddress, 1)).isEqualTo(3.5);
        ofFloat.close();
        ofDouble.close();

        // More often than i386 has registers for them: each has to be taken off.
        for (int i = 0; i < 20; i++) {
            assertThat(Callers.addToFloat(floatAddress, 1)).isEqualTo(1);
            assertThat(Callers.addToDouble(doubleAddress, 1)).isEqualTo(1);
        }
    }

    @Test
    void aCallbackMayCloseItsOwnClosure() {
        List<Closure<IntBinaryOperator>> self = new ArrayList<>();
        Closure<IntBinaryOperator> closure = BINARY.bind((a, b) -> {
            self.getFirst().close();
            return a + 1;
        });
        self.add(closure);
        MemorySegment address = closure.address();

        assertThat(call(address, 41)).isEqualTo(42);
        assertThat(call(address, 41)).isZero();
    }

    @Test
    void aBoundObjectStaysReachable() {
        // Nothing but the function pointer is kept.
        MemorySegment address = BINARY.bind(new Adder(3)::add).address();
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        assertThat(call(address, 4)).isEqualTo(7);
    }

    private record Adder(int own) {
        int add(int a, int b) {
            return a + own;
        }
    }

    @Test
    void typesOfTheSameSignatureShareOneGate() {
        try (Closure<IntBinaryOperator> _ = BINARY.bind((a, b) -> 0)) {
            long gates = Salto.statistics().gates();

            ClosureType.of(IntBinaryOperator.class,
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT.withName("only"), JAVA_INT.withName("the names differ")));

            assertThat(Salto.statistics().gates()).isEqualTo(gates);
        }
    }

    interface PackagePrivate {
        int apply(int a, int b);
    }

    @Test
    void anInterfaceThatOnlyTheCallerSeesWorksWithItsLookup() {
        ClosureType<PackagePrivate> type = ClosureType.of(MethodHandles.lookup(), PackagePrivate.class,
                BINARY_FUNCTION);
        try (Closure<PackagePrivate> closure = type.bind((a, b) -> a - b)) {
            assertThat(call(closure.address(), 5)).isEqualTo(5);
        }
    }

    /** Narrows an inherited method, so that it has two abstract ones in bytecode. */
    interface Narrowed extends UnaryOperator<MemorySegment> {
        @Override
        MemorySegment apply(MemorySegment segment);
    }

    @Test
    void anInterfaceMayNarrowAGenericMethod() throws Throwable {
        FunctionDescriptor identity = FunctionDescriptor.of(ADDRESS, ADDRESS);
        ClosureType<Narrowed> type = ClosureType.of(MethodHandles.lookup(), Narrowed.class, identity);
        try (Closure<Narrowed> closure = type.bind(s -> MemorySegment.ofAddress(s.address() + 1))) {
            MethodHandle call = Linker.nativeLinker().downcallHandle(closure.address(), identity);

            assertThat(((MemorySegment) call.invokeExact(MemorySegment.ofAddress(41))).address()).isEqualTo(42);
        }
    }

    @Test
    void pointersComeAndGoAsSegments() throws Throwable {
        FunctionDescriptor supplier = FunctionDescriptor.of(ADDRESS);
        ClosureType<Supplier<MemorySegment>> type = ClosureType.of(Supplier.class, supplier);
        try (Closure<Supplier<MemorySegment>> closure = type.bind(() -> MemorySegment.ofAddress(77))) {
            MethodHandle call = Linker.nativeLinker().downcallHandle(closure.address(), supplier);

            assertThat(((MemorySegment) call.invokeExact()).address()).isEqualTo(77);
        }
    }

    @Test
    void oneTypeCanBeUsedBesideAnother() throws Throwable {
        FunctionDescriptor getter = FunctionDescriptor.of(LONG_LONG);
        ClosureType<LongSupplier> type = ClosureType.of(LongSupplier.class, getter);
        try (Closure<LongSupplier> number = type.bind(() -> Long.MIN_VALUE);
                Closure<IntBinaryOperator> sum = BINARY.bind(Integer::sum)) {
            MethodHandle call = Linker.nativeLinker().downcallHandle(number.address(), getter);

            assertThat((long) call.invokeExact()).isEqualTo(Long.MIN_VALUE);
            assertThat(Callers.callRepeatedly(sum.address(), 11, 0)).isEqualTo(55);
        }
    }
}
