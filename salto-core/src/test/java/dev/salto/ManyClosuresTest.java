// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.internal.os.FailingCalls;
import dev.salto.text.callers.Callers;
import dev.salto.text.callers.ProcessMaps;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntBinaryOperator;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many closures: the memory and mappings that they take, and those that they give back. */
@Tag("port")
final class ManyClosuresTest {
    private static final FunctionDescriptor BINARY = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);
    private static final int TABLES = Math.max(30, Amounts.scaled(100));

    /** The slots of a table. */
    private static final int CAPACITY = TableByIndex.capacity();

    /**
     * After so many collections, with so many milliseconds after each, a table without closures has
     * gone.
     */
    private static final int COLLECTIONS = 4;
    private static final int PAUSE = 20;

    /** Interfaces of their own, so that no other test shares their tables. */
    interface InOrder extends IntBinaryOperator {}

    interface InAnyOrder extends IntBinaryOperator {}

    interface UpAndDown extends IntBinaryOperator {}

    interface Stale extends IntBinaryOperator {}

    interface AgainAndAgain extends IntBinaryOperator {}

    interface ThereAndBack extends IntBinaryOperator {}

    interface ComesAndGoes extends IntBinaryOperator {}

    interface OneOfEach extends IntBinaryOperator {}

    interface ByManyThreads extends IntBinaryOperator {}

    interface Together extends IntBinaryOperator {}

    interface FirstOnes extends IntBinaryOperator {}

    private static <T extends IntBinaryOperator> ClosureType<T> type(Class<T> functionalInterface) {
        return ClosureType.of(MethodHandles.lookup(), functionalInterface, BINARY);
    }

    private static long tables() {
        return Salto.statistics().tables();
    }

    /**
     * How many tables there are when those of other tests have gone: collections empty them in the
     * background.
     */
    private static long settledTables() throws InterruptedException {
        long before;
        long now = tables();
        do {
            before = now;
            for (int i = 0; i < COLLECTIONS; i++) {
                System.gc();
                Thread.sleep(PAUSE);
            }
            now = tables();
        } while (now != before);
        return now;
    }

    private static int call(MemorySegment function, int a) {
        return Callers.callRepeatedly(function, 1, a);
    }

    /** Binds as many objects as fill so many tables, each made for its number. */
    private static <T> List<Closure<T>> bindTables(ClosureType<T> type, int tables, IntFunction<T> target) {
        List<Closure<T>> closures = new ArrayList<>();
        for (int i = 0; i < tables * CAPACITY; i++) {
            closures.add(type.bind(target.apply(i)));
        }
        return closures;
    }

    @Test
    @Tag("host")
    void tablesGoBackWhenTheirClosuresAreClosed() throws InterruptedException {
        ClosureType<InOrder> type = type(InOrder.class);
        long before = settledTables();
        List<Closure<InOrder>> closures = bindTables(type, TABLES, own -> (a, _) -> a + own);
        assertThat(tables()).isGreaterThanOrEqualTo(before + TABLES / 2);

        closures.forEach(Closure::close);

        awaitTables(before);
    }

    /** A garbage collection leaves one or two tables. */
    private static void awaitTables(long before) throws InterruptedException {
        Garbage.collectUntil("memory goes back", () -> tables() <= before + 3);
    }

    @Test
    @Tag("host")
    void theyGoBackWhateverTheOrder() throws InterruptedException {
        ClosureType<InAnyOrder> type = type(InAnyOrder.class);
        long before = settledTables();
        List<Closure<InAnyOrder>> closures = bindTables(type, TABLES, _ -> (a, b) -> a + b);
        Collections.shuffle(closures, new Random(7));

        closures.forEach(Closure::close);

        awaitTables(before);
    }

    @Test
    @Tag("host")
    void aTableOfClosuresTakesOnePageOfMemory() {
        ClosureType<OneOfEach> type = type(OneOfEach.class);
        long tables = tables();
        long bytes = Salto.report().bytes();
        List<Closure<OneOfEach>> closures = bindTables(type, 20, _ -> (a, b) -> a + b);

        ProcessMaps.Mapping header = parametersOf(closures.getLast().address());
        assertThat(header.size()).isEqualTo(Salto.report().pageSize());
        assertThat(header.permissions()).isEqualTo("r--p");
        assertThat(tables()).isGreaterThan(tables + 10);
        assertThat(Salto.report().bytes() - bytes).isLessThan(closures.size() / 2L + 200_000);
        closures.forEach(Closure::close);
    }

    @Test
    @Tag("host")
    void aTypeThatGrowsMapsSeveralTablesTogether() {
        ClosureType<Together> type = type(Together.class);
        List<Closure<Together>> first = bindTables(type, 1, _ -> (a, _) -> a);
        List<Closure<Together>> closures;
        try (FailingCalls calls = FailingCalls.none()) {
            closures = bindTables(type, 20, own -> (a, _) -> a + own);

            assertThat(calls.count(FailingCalls.Call.MMAP)).isLessThan(20);
            assertThat(calls.count(FailingCalls.Call.MPROTECT)).isLessThan(20);
        }
        for (int i = 0; i < closures.size(); i += CAPACITY / 4) {
            assertThat(Callers.callRepeatedly(closures.get(i).address(), 1, 1)).isEqualTo(1 + i);
        }
        closures.forEach(Closure::close);
        first.forEach(Closure::close);
    }

    @Test
    @Tag("host")
    void theFirstClosuresOfATypeNeedFewChangesOfSharedMemory() {
        ClosureType<FirstOnes> type = type(FirstOnes.class);
        List<Closure<FirstOnes>> closures = new ArrayList<>();
        try (FailingCalls calls = FailingCalls.none()) {
            for (int i = 0; i < 64; i++) {
                int own = i;
                closures.add(type.bind((a, _) -> a + own));
            }

            // Four for the first row, four for all others, and more if a table is full.
            assertThat(calls.count(FailingCalls.Call.MPROTECT)).isLessThan(16);
        }
        for (int i = 0; i < closures.size(); i++) {
            assertThat(Callers.callRepeatedly(closures.get(i).address(), 1, 1)).isEqualTo(1 + i);
        }
        closures.forEach(Closure::close);
    }

    private static ProcessMaps.Mapping parametersOf(MemorySegment function) {
        ProcessMaps maps = ProcessMaps.read();
        return maps.at(maps.at(function.address()).end());
    }

    @Test
    @Tag("host")
    void aNumberThatGoesUpAndDownALittleTakesNoMapping() {
        ClosureType<UpAndDown> type = type(UpAndDown.class);
        List<Closure<UpAndDown>> closures = bindTables(type, 4, _ -> (a, b) -> a + b);
        bindAndClose(type);
        ProcessMaps before = ProcessMaps.read();

        for (int round = 0; round < 100; round++) {
            bindAndClose(type);
        }

        assertThat(executable(ProcessMaps.read())).as("code tables").isEqualTo(executable(before));
        closures.forEach(Closure::close);
    }

    private static void bindAndClose(ClosureType<UpAndDown> type) {
        List<Closure<UpAndDown>> more = new ArrayList<>();
        for (int i = 0; i < CAPACITY / 2; i++) {
            more.add(type.bind((a, b) -> a - b));
        }
        more.forEach(Closure::close);
    }

    private static long executable(ProcessMaps maps) {
        return maps.mappings().stream().filter(m -> m.permissions().equals("r-xs")).count();
    }

    @Test
    @Tag("host")
    void aCallOfAClosureWhoseTableIsEmptyIsNoticed() {
        ClosureType<Stale> type = type(Stale.class);
        List<Closure<Stale>> closures = bindTables(type, TABLES, _ -> (a, _) -> a + 1);
        List<MemorySegment> functions = closures.stream().map(Closure::address).toList();
        closures.forEach(Closure::close);
        long before = Salto.statistics().usesAfterFree();
        List<UseAfterFree> uses = assertCaught(functions);
        assertThat(Salto.statistics().usesAfterFree()).isEqualTo(before + functions.size());
        assertThat(uses).allSatisfy(use -> assertThat(use.type()).contains("Stale"));
    }

    /** Calls functions that are closed: each returns zero, and each call is noticed. */
    private static List<UseAfterFree> assertCaught(Collection<MemorySegment> functions) {
        List<UseAfterFree> uses = Collections.synchronizedList(new ArrayList<>());
        Salto.override(ClosureOption.onUseAfterFree(uses::add));
        try {
            for (MemorySegment function : functions) {
                assertThat(call(function, 6)).isZero();
            }
        } finally {
            Salto.override();
        }
        assertThat(uses).hasSameSizeAs(functions);
        return uses;
    }

    @Test
    @Tag("host")
    void emptyTablesAreUsedAgain() throws InterruptedException {
        ClosureType<AgainAndAgain> type = type(AgainAndAgain.class);
        Set<Long> addresses = new HashSet<>();
        long before = settledTables();
        long mappedOnce = 0;
        for (int round = 0; round < 5; round++) {
            List<Closure<AgainAndAgain>> closures = bindTables(type, 60, own -> (a, _) -> a + own);
            for (int i = 0; i < closures.size(); i++) {
                assertThat(call(closures.get(i).address(), 1)).isEqualTo(1 + i);
                addresses.add(closures.get(i).address().address());
            }
            closures.forEach(Closure::close);
            if (round % 2 == 0) {
                awaitTables(before);
            }
            mappedOnce = round == 0 ? executable(ProcessMaps.read()) : mappedOnce;
        }
        assertThat(addresses).as("function pointers that were ever handed out")
                .hasSizeLessThan(64 * CAPACITY);
        assertThat(executable(ProcessMaps.read())).isLessThanOrEqualTo(mappedOnce + 4);
    }

    /** As the two before, with so few that an interpreting JVM under emulation can do it. */
    @Test
    void callsOfAnEmptyTableAreNoticedAndItIsUsedAgainSlotBySlot() throws InterruptedException {
        ClosureType<ThereAndBack> type = type(ThereAndBack.class);
        long before = settledTables();
        List<Closure<ThereAndBack>> closures = bindTables(type, 5, own -> (a, _) -> a + own);
        for (int i = 0; i < closures.size(); i += 997) {
            assertThat(call(closures.get(i).address(), 5)).isEqualTo(5 + i);
        }
        Set<MemorySegment> stale = closures.stream().map(Closure::address).collect(Collectors.toSet());
        closures.forEach(Closure::close);
        awaitTables(before);
        assertCaught(some(stale));

        List<Closure<ThereAndBack>> again = bindTables(type, 2, _ -> (a, _) -> a + 2);
        List<MemorySegment> open = again.stream().map(Closure::address).toList();
        open.forEach(stale::remove);
        assertThat(stale).hasSizeGreaterThan(2 * CAPACITY);
        assertCaught(some(stale));
        some(open).forEach(function -> assertThat(call(function, 6)).isEqualTo(8));
        again.forEach(Closure::close);
        awaitTables(before);
        assertCaught(some(open));
    }

    /** Some of the tables' slots, so few that an interpreting JVM under emulation can call them. */
    private static List<MemorySegment> some(Collection<MemorySegment> functions) {
        List<MemorySegment> inOrder = functions.stream().sorted(Comparator.comparingLong(MemorySegment::address))
                .toList();
        return IntStream.range(0, inOrder.size()).filter(i -> i % 97 == 0).mapToObj(inOrder::get).toList();
    }

    /**
     * At every moment, a call of one of its trampolines gets an answer: that of the closure that
     * has the slot, or zero.
     */
    @Test
    @Tag("host")
    void aTableIsEmptiedAndUsedAgainWhileItsTrampolinesAreCalled() throws Exception {
        ClosureType<ComesAndGoes> type = type(ComesAndGoes.class);
        long before = settledTables();
        List<Closure<ComesAndGoes>> closures = bindTables(type, 6, _ -> (a, _) -> a + 2);
        List<MemorySegment> functions = closures.stream().map(Closure::address).toList();
        AtomicBoolean isOver = new AtomicBoolean();
        Set<Integer> seen = ConcurrentHashMap.newKeySet();
        Salto.override(ClosureOption.onUseAfterFree(_ -> {}));
        try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
            Future<?> caller = executor.submit(() -> {
                for (int i = 0; !isOver.get(); i = (i + 1009) % functions.size()) {
                    seen.add(call(functions.get(i), 6));
                }
            });
            try {
                for (int round = 0; round < 10; round++) {
                    closures.forEach(Closure::close);
                    awaitTables(before);
                    closures = bindTables(type, 6, _ -> (a, _) -> a + 2);
                }
                // Other processes can keep the caller from a processor until now.
                while (!seen.contains(8) && !caller.isDone()) {
                    Thread.sleep(1);
                }
            } finally {
                isOver.set(true);
            }
            caller.get();
            assertThat(seen).containsExactlyInAnyOrder(0, 8);
        } finally {
            Salto.override();
        }
        closures.forEach(Closure::close);
    }

    /** The work of one of several threads. */
    private interface Part {
        void run(int thread) throws Exception;
    }

    private static void inParallel(int threads, Part part) throws Exception {
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> parts = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int thread = i;
                parts.add(executor.submit(() -> {
                    part.run(thread);
                    return null;
                }));
            }
            for (Future<?> future : parts) {
                future.get();
            }
        }
    }

    @Test
    @Tag("host")
    void threadsBindAndCloseEachOthersClosures() throws Exception {
        ClosureType<ByManyThreads> type = type(ByManyThreads.class);
        int threads = 8;
        int each = 2 * CAPACITY;
        long before = settledTables();
        for (int round = 0; round < 5; round++) {
            Set<Long> addresses = ConcurrentHashMap.newKeySet();
            @SuppressWarnings({"unchecked", "rawtypes"})
            List<Closure<ByManyThreads>>[] closures = new List[threads];

            inParallel(threads, thread -> {
                closures[thread] = new ArrayList<>();
                for (int i = 0; i < each; i++) {
                    int number = thread * each + i;
                    Closure<ByManyThreads> closure = type.bind((a, _) -> a + number);
                    closures[thread].add(closure);
                    addresses.add(closure.address().address());
                    if (i % 3 == 0) {
                        type.bind((a, _) -> a - number).close();
                    }
                }
            });
            assertThat(addresses).as("function pointers, each of its own").hasSize(threads * each);
            assertThat(tables()).as("a table that one thread begins is filled, by whomever")
                    .isLessThanOrEqualTo(before + 4L * threads);
            inParallel(threads, thread -> {
                for (int i = 0; i < each; i++) {
                    assertThat(call(closures[thread].get(i).address(), 1)).isEqualTo(1 + thread * each + i);
                }
            });
            inParallel(threads, thread -> closures[(thread + 1) % threads].forEach(Closure::close));
        }
    }
}
