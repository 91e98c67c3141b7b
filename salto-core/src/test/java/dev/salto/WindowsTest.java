// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.salto.text.callers.Callers;
import dev.salto.text.callers.ProcessMaps;
import dev.salto.text.callers.WindowsCallers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory and libraries of Windows. */
@Tag("windows")
final class WindowsTest {
    private static final FunctionDescriptor BINARY = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);
    private static final Linker LINKER = Linker.nativeLinker();

    /** So many closures of a type have a table of their own. */
    private static final int BUSY = 100;

    private static MethodHandle function(String library, String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(SymbolLookup.libraryLookup(library, Arena.global()).findOrThrow(name), type);
    }

    private static void call(MethodHandle function, Object... arguments) {
        try {
            function.invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    interface Comparator {
        int compare(MemorySegment a, MemorySegment b);
    }

    private static int compare(MemorySegment a, MemorySegment b) {
        return Integer.compare(a.get(JAVA_INT, 0), b.get(JAVA_INT, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"msvcrt.dll", "ucrtbase.dll"})
    void theCLibrarySortsAndFindsByJava(String library) throws Throwable {
        FunctionDescriptor comparison = FunctionDescriptor.of(JAVA_INT, ADDRESS.withTargetLayout(JAVA_INT),
                ADDRESS.withTargetLayout(JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment comparator = ClosureType.of(Comparator.class, comparison).bind(WindowsTest::compare, arena);
            MemorySegment numbers = arena.allocateFrom(JAVA_INT, 5, -3, 9, 0, 7, -8);
            MethodHandle qsort = function(library, "qsort",
                    FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS));
            qsort.invokeExact(numbers, 6L, 4L, comparator);
            assertThat(numbers.toArray(JAVA_INT)).containsExactly(-8, -3, 0, 5, 7, 9);

            MethodHandle lfind = function(library, "_lfind",
                    FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT, ADDRESS));
            MemorySegment found = (MemorySegment) lfind.invokeExact(arena.allocateFrom(JAVA_INT, 5), numbers,
                    arena.allocateFrom(JAVA_INT, 6), 4, comparator);
            assertThat(found.address() - numbers.address()).isEqualTo(12);
        }
    }

    interface WindowVisitor {
        int visit(MemorySegment window, long parameter);
    }

    @Test
    void windowsAreEnumeratedUntilTheCallbackEndsIt() throws Throwable {
        MethodHandle enumWindows = function("user32.dll", "EnumWindows",
                FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
        List<Long> seen = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment visitor = ClosureType
                    .of(WindowVisitor.class, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG))
                    .bind((_, parameter) -> {
                        seen.add(parameter);
                        return 0;
                    }, arena);
            int _ = (int) enumWindows.invokeExact(visitor, 0x123456789abcdefL);
        }
        assertThat(seen).hasSizeLessThanOrEqualTo(1).allMatch(parameter -> parameter == 0x123456789abcdefL);
    }

    interface TimerFunction {
        void fire(MemorySegment window, int message, long id, int time);
    }

    @Test
    void aTimerCallsFromTheMessageLoop() throws Throwable {
        MethodHandle setTimer = function("user32.dll", "SetTimer",
                FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS));
        MethodHandle killTimer = function("user32.dll", "KillTimer",
                FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
        MethodHandle getMessage = function("user32.dll", "GetMessageW",
                FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT));
        MethodHandle dispatch = function("user32.dll", "DispatchMessageW", FunctionDescriptor.of(JAVA_LONG, ADDRESS));
        AtomicInteger fired = new AtomicInteger();
        List<Integer> messages = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment timer = ClosureType
                    .of(TimerFunction.class, FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT, JAVA_LONG, JAVA_INT))
                    .bind((_, message, _, _) -> {
                        fired.incrementAndGet();
                        messages.add(message);
                    }, arena);
            long id = (long) setTimer.invokeExact(MemorySegment.NULL, 0L, 10, timer);
            assertThat(id).isNotZero();
            MemorySegment message = arena.allocate(64, 8);
            while (fired.get() < 3 && (int) getMessage.invokeExact(message, MemorySegment.NULL, 0, 0) > 0) {
                long _ = (long) dispatch.invokeExact(message);
            }
            int _ = (int) killTimer.invokeExact(MemorySegment.NULL, id);
        }
        assertThat(messages).hasSize(3).containsOnly(0x113);
    }

    interface WorkFunction {
        void run(MemorySegment instance, MemorySegment context, MemorySegment work);
    }

    /**
     * In a pool of its own, whose threads end with it. Those of the process's pool end some seconds
     * later, and other threads must not start at the same time: see the page on Windows.
     */
    @Test
    void aThreadPoolRunsJavaOnItsThreads() throws Throwable {
        FunctionDescriptor pointers = FunctionDescriptor.ofVoid(ADDRESS);
        MethodHandle createPool = function("kernel32.dll", "CreateThreadpool", FunctionDescriptor.of(ADDRESS, ADDRESS));
        MethodHandle closePool = function("kernel32.dll", "CloseThreadpool", pointers);
        MethodHandle create = function("kernel32.dll", "CreateThreadpoolWork",
                FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, ADDRESS));
        MethodHandle submit = function("kernel32.dll", "SubmitThreadpoolWork", pointers);
        MethodHandle await = function("kernel32.dll", "WaitForThreadpoolWorkCallbacks",
                FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT));
        MethodHandle close = function("kernel32.dll", "CloseThreadpoolWork", pointers);
        AtomicInteger calls = new AtomicInteger();
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        try (Arena arena = Arena.ofShared()) {
            MemorySegment callback = ClosureType
                    .of(WorkFunction.class, FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS))
                    .bind((_, context, _) -> {
                        calls.addAndGet((int) context.address());
                        threads.add(Thread.currentThread());
                    }, arena);
            MemorySegment pool = (MemorySegment) createPool.invokeExact(MemorySegment.NULL);
            // TP_CALLBACK_ENVIRON, with its version and the pool.
            MemorySegment environment = arena.allocate(64, 8);
            environment.set(JAVA_INT, 0, 1);
            environment.set(ADDRESS, 8, pool);
            MemorySegment work = (MemorySegment) create.invokeExact(callback, MemorySegment.ofAddress(7), environment);
            for (int i = 0; i < 100; i++) {
                submit.invokeExact(work);
            }
            await.invokeExact(work, 0);
            close.invokeExact(work);
            closePool.invokeExact(pool);
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertThat(calls).hasValue(700);
        assertThat(threads).isNotEmpty().doesNotContain(Thread.currentThread());
    }

    interface FiberFunction {
        void end(MemorySegment value);
    }

    @Test
    void storageOfFibersIsFreedByJava() throws Throwable {
        MethodHandle alloc = function("kernel32.dll", "FlsAlloc", FunctionDescriptor.of(JAVA_INT, ADDRESS));
        MethodHandle set = function("kernel32.dll", "FlsSetValue", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
        MethodHandle free = function("kernel32.dll", "FlsFree", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
        List<Long> ended = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment callback = ClosureType.of(FiberFunction.class, FunctionDescriptor.ofVoid(ADDRESS))
                    .bind(value -> ended.add(value.address()), arena);
            int index = (int) alloc.invokeExact(callback);
            int _ = (int) set.invokeExact(index, MemorySegment.ofAddress(0x1234));
            int _ = (int) free.invokeExact(index);
        }
        assertThat(ended).containsExactly(0x1234L);
    }

    /**
     * The fibers' stacks are small and large. The JVM touches memory below a callback's frames, so
     * a fiber needs as much stack as a thread.
     */
    @ParameterizedTest
    @ValueSource(longs = {0x100000, 0x1000000})
    void aClosureIsCalledOnAFiber(long stackSize) {
        CallInterface dataDriven = CallInterface.prepare(BINARY, ClosureOption.tier(Tier.DATA_DRIVEN));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment typed = ClosureType.of(IntBinaryOperator.class, BINARY).bind((a, b) -> a + b, arena);
            MemorySegment boxed = dataDriven.bindBoxed((_, arguments) -> (int) arguments[0] * 2, arena);
            for (MemorySegment function : List.of(typed, boxed)) {
                assertThat(WindowsCallers.callOnFiber(function, 1_000, 7, stackSize)).isEqualTo(14_000);
            }
        }
    }

    @Test
    void aVectoredExceptionHandlerSeesWhatIsRaisedBelowAClosureAndNothingOfSaltosCode() {
        MethodHandle raise = function("kernel32.dll", "RaiseException",
                FunctionDescriptor.ofVoid(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
        ClosureType<IntBinaryOperator> type = ClosureType.of(IntBinaryOperator.class, BINARY);
        CallInterface dataDriven = CallInterface.prepare(BINARY, ClosureOption.tier(Tier.DATA_DRIVEN));
        IntBinaryOperator raising = (a, b) -> {
            if (b % 100 == 0) {
                call(raise, WindowsCallers.RAISED, 0, 0, MemorySegment.NULL);
            }
            return a;
        };
        try (Arena arena = Arena.ofConfined()) {
            List<MemorySegment> functions = new ArrayList<>();
            for (int i = 0; i < BUSY; i++) {
                functions.add(type.bind(raising, arena));
                functions.add(dataDriven.bindBoxed(
                        (_, arguments) -> raising.applyAsInt((int) arguments[0], (int) arguments[1]), arena));
            }
            ProcessMaps maps = ProcessMaps.read();
            for (MemorySegment function : functions) {
                ProcessMaps.Mapping code = maps.at(function.address());
                assertThat(WindowsCallers.callWithExceptionHandler(function, 300, 7, code.start(), code.end()))
                        .isEqualTo(new WindowsCallers.Exceptions(0, 3));
            }
        }
    }

    @Test
    void theNumberOfTheLastErrorOutlivesACallOfADataDrivenClosure() {
        MethodHandle setLastError = function("kernel32.dll", "SetLastError", FunctionDescriptor.ofVoid(JAVA_INT));
        CallInterface callInterface = CallInterface.prepare(BINARY, ClosureOption.tier(Tier.DATA_DRIVEN));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment function = callInterface.bindBoxed((_, arguments) -> {
                call(setLastError, -1);
                return (int) arguments[0] + 1;
            }, arena);
            for (int i = 1; i < 1_000; i++) {
                assertThat(Callers.lastErrorAfterCall(function, i)).isEqualTo(i);
            }
        }
    }

    @Test
    void aHandlerReadsAndSetsTheNumberOfTheLastError() {
        CallInterface callInterface = CallInterface.prepare(BINARY);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment function = callInterface.bind(arguments -> {
                arguments.setErrno(arguments.errno() + 1);
                System.gc();
            }, arena);
            for (int i = 1; i < 20; i++) {
                assertThat(Callers.lastErrorAfterCall(function, i)).isEqualTo(i + 1);
            }
        }
    }

    interface SixInts {
        int call(int a, int b, int c, int d, int e, int f);
    }

    /** Such an exception is a processor's first, which the JVM's handler turns into Java's. */
    @Test
    void exceptionsOfTheProcessorAreHandledInCallbacksThatAFrameOfSaltoCalls() throws Throwable {
        int[][] rows = {{1}, null};
        FunctionDescriptor six = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT,
                JAVA_INT);
        MethodHandle call = LINKER.downcallHandle(six);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment function = ClosureType.of(SixInts.class, six).bind((a, _, _, _, _, f) -> {
                try {
                    return rows[a][0] / f;
                } catch (NullPointerException e) {
                    return -1;
                } catch (ArithmeticException e) {
                    return -2;
                }
            }, arena);
            for (int i = 0; i < 20_000; i++) {
                assertThat((int) call.invokeExact(function, i % 2, 2, 3, 4, 5, i % 3)).isEqualTo(
                        i % 2 == 1 ? -1 : i % 3 == 0 ? -2 : 1 / (i % 3));
            }
        }
    }

    @Test
    void unwindersKnowTheFramesOfEveryTable() throws Throwable {
        MethodHandle lookUp = function("kernel32.dll", "RtlLookupFunctionEntry",
                FunctionDescriptor.of(ADDRESS, JAVA_LONG, ADDRESS, ADDRESS));
        ClosureType<IntBinaryOperator> type = ClosureType.of(IntBinaryOperator.class, BINARY);
        try (Arena arena = Arena.ofConfined()) {
            List<MemorySegment> functions = new ArrayList<>();
            for (int i = 0; i < BUSY; i++) {
                functions.add(type.bind((a, b) -> a + b, arena));
            }
            ProcessMaps maps = ProcessMaps.read();
            MemorySegment base = arena.allocate(ADDRESS);
            for (MemorySegment function : functions) {
                ProcessMaps.Mapping code = maps.at(function.address());
                int found = 0;
                long view = 0;
                for (long at = code.end() - 0x1000; at < code.end(); at += 16) {
                    MemorySegment entry = (MemorySegment) lookUp.invokeExact(at, base, MemorySegment.NULL);
                    if (!entry.equals(MemorySegment.NULL)) {
                        found++;
                        view = base.get(JAVA_LONG, 0);
                    }
                }
                assertThat(found).as("addresses in entries with frames").isBetween(10, 40);
                assertThat(view).as("the beginning of the view").isEqualTo(code.start() - 0x1000);
            }
        }
    }

    @Test
    void nothingOfAClosuresTableCanBeWritten() {
        ClosureType<IntBinaryOperator> type = ClosureType.of(IntBinaryOperator.class, BINARY);
        CallInterface dataDriven = CallInterface.prepare(BINARY, ClosureOption.tier(Tier.DATA_DRIVEN));
        try (Arena arena = Arena.ofConfined()) {
            List<MemorySegment> functions = new ArrayList<>();
            for (int i = 0; i < BUSY; i++) {
                functions.add(type.bind((a, _) -> a, arena));
                functions.add(dataDriven.bindBoxed((_, _) -> 0, arena));
            }
            ProcessMaps maps = ProcessMaps.read();
            for (MemorySegment function : functions) {
                ProcessMaps.Mapping code = maps.at(function.address());
                assertThat(code.permissions()).isEqualTo("r-xp");
                assertThat(maps.at(code.end()).permissions()).isEqualTo("r--p");
                assertThat(maps.at(code.end()).end() - code.end()).as("header and blocks").isEqualTo(0xf000);
            }
        }
    }

    @Test
    void noMemoryBecomesWritableAndExecutable() {
        ClosureType<IntBinaryOperator> type = ClosureType.of(IntBinaryOperator.class, BINARY);
        try (Arena arena = Arena.ofConfined()) {
            type.bind((a, b) -> a + b, arena);
            int before = ProcessMaps.read().writableAndExecutable().size();
            for (int i = 0; i < 20_000; i++) {
                type.bind((a, b) -> a + b, arena);
            }
            assertThat(ProcessMaps.read().writableAndExecutable()).hasSizeLessThanOrEqualTo(before);
        }
        assertThat(Salto.report().writableExecutable()).isEqualTo(false);
    }

    @Test
    void theReportNamesWhatWindowsRestricts() {
        Report report = Salto.report();

        assertThat(report.mechanism()).isEqualTo(Mechanism.TRAMPOLINES);
        assertThat(report.hardening()).containsOnlyKeys("arbitraryCodeGuard", "controlFlowGuard", "imageSigning",
                "imageLoad", "shadowStack").containsEntry("arbitraryCodeGuard", "off");
    }

    @Test
    void aQueueOfRecordedCallsIsRefusedWithTheReason() {
        assertThatExceptionOfType(TrampolinesUnsupportedException.class).isThrownBy(() -> CallQueue.create(1))
                .withMessageContaining("no code that records calls; use CallInterface.bind");
    }
}
