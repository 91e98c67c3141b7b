// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static dev.salto.text.callers.CTypes.DOUBLE;
import static dev.salto.text.callers.CTypes.LONG_LONG;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.salto.internal.abi.Ports;
import dev.salto.text.callers.Callers;
import dev.salto.text.callers.ProcessMaps;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The code by index, with gates of the JDK and with the universal gate. */
@Tag("port")
final class CodeByIndexTest {
    private static final int FIRST = 0x1234_5000;

    private static final int MOST_INTEGERS = 9;

    /** More than there are registers for, on every architecture. */
    private static final int MANY_DOUBLES = 14;

    private static final FunctionDescriptor BINARY = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);

    /** In memory as a result, on every architecture. */
    private static final MemoryLayout LARGE = CLayouts.struct(LONG_LONG, LONG_LONG, LONG_LONG, LONG_LONG, LONG_LONG);

    private static final List<MemoryLayout> RESULTS = List.of(JAVA_INT, DOUBLE, LARGE);

    private static FunctionDescriptor function(MemoryLayout result, int doubles, int integers) {
        List<MemoryLayout> arguments = new ArrayList<>(Collections.nCopies(doubles, DOUBLE));
        arguments.addAll(Collections.nCopies(integers, JAVA_INT));
        return FunctionDescriptor.of(result, arguments.toArray(MemoryLayout[]::new));
    }

    private static List<FunctionDescriptor> functions() {
        List<FunctionDescriptor> functions = new ArrayList<>();
        for (MemoryLayout result : RESULTS) {
            for (int doubles : new int[]{0, MANY_DOUBLES}) {
                for (int integers = 0; integers <= MOST_INTEGERS; integers++) {
                    functions.add(function(result, doubles, integers));
                }
            }
        }
        return functions;
    }

    /**
     * The first ones, the last one, and those where an instruction's number changes its sign or
     * ends.
     */
    private static List<Integer> trampolines() {
        return IntStream.of(0, 1, 2, 127, 128, 2047, 2048, 2049, TableByIndex.capacity() / 2,
                TableByIndex.capacity() - 1)
                .boxed().toList();
    }

    @Test
    void everyEntryPassesAllArgumentsAndTheHiddenOneAndTheResult() throws Throwable {
        Set<String> entries = new TreeSet<>();
        Random random = new Random(Sample.seed());
        for (FunctionDescriptor function : functions()) {
            try (Arena arena = Arena.ofConfined()) {
                entries.add(compareWithStub(function, random, arena));
            }
        }

        assertThat(entries).containsExactlyInAnyOrderElementsOf(TableByIndex.code().entries().keySet().stream()
                .filter(name -> name.startsWith("append_")).collect(Collectors.toSet()));
    }

    /**
     * Calls trampolines and a stub with the same arguments, and returns the name of the entry
     * between them and the gate.
     */
    private static String compareWithStub(FunctionDescriptor function, Random random, Arena arena) throws Throwable {
        Object result = Values.random(function.returnLayout().orElseThrow(), random, arena);
        Recorder ofTable = new Recorder(TableByIndex.withHiddenArgument(function), result);
        Recorder ofStub = new Recorder(function, result);
        TableByIndex table = TableByIndex.of(function, FIRST, ofTable.handle(), arena);
        MemorySegment stub = TableByIndex.reference(function, ofStub.handle(), arena);
        MethodHandle call = Linker.nativeLinker().downcallHandle(function);
        if (call.type().parameterCount() > 1 && call.type().parameterType(1) == SegmentAllocator.class) {
            call = MethodHandles.insertArguments(call, 1, (SegmentAllocator) arena);
        }
        for (int index : trampolines()) {
            List<Object> arguments = new ArrayList<>(
                    List.of(Values.random(function.argumentLayouts(), random, arena)));
            arguments.addFirst(stub);
            List<Object> expectedArguments = new ArrayList<>(Values.bits(function.argumentLayouts(),
                    arguments.subList(1, arguments.size()).toArray()));
            Object expected = Values.bitsOfResult(function, call.invokeWithArguments(arguments));
            assertThat(ofStub.takeSeen()).as("arguments of %s", function).isEqualTo(expectedArguments);
            expectedArguments.add(Values.bits(JAVA_INT, FIRST + index));
            arguments.set(0, table.trampoline(index));

            assertThat(Values.bitsOfResult(function, call.invokeWithArguments(arguments)))
                    .as("result by %s of trampoline %d of %s", table.entry(), index, function).isEqualTo(expected);
            assertThat(ofTable.takeSeen()).as("arguments by %s of trampoline %d of %s", table.entry(), index, function)
                    .isEqualTo(expectedArguments);
        }
        return table.entry();
    }

    @Test
    void everyTrampolineHasItsOwnHiddenArgument() throws Throwable {
        int count = TableByIndex.capacity();
        MethodHandle target = MethodHandles.lookup().findStatic(CodeByIndexTest.class, "hiddenArgument",
                MethodType.methodType(int.class, int.class, int.class, int.class));
        try (Arena arena = Arena.ofConfined()) {
            TableByIndex table = TableByIndex.of(BINARY, FIRST, target, arena);
            MemorySegment functions = arena.allocate(ADDRESS, count);
            for (int i = 0; i < count; i++) {
                functions.setAtIndex(ADDRESS, i, table.trampoline(i));
            }
            MemorySegment results = arena.allocate(JAVA_INT, count);
            Callers.callEach(functions, count, 3, results);

            assertThat(results.toArray(JAVA_INT))
                    .isEqualTo(IntStream.range(0, count).map(i -> FIRST + i + 3 * i).toArray());
        }
    }

    @SuppressWarnings("UnusedMethod") // reached through a method handle
    private static int hiddenArgument(int factor, int index, int hidden) {
        return hidden + factor * index;
    }

    @Test
    void callersInCGetWhatTheyGetByAStub() {
        MemoryLayout pair = CLayouts.struct(LONG_LONG, DOUBLE);
        MemoryLayout quad = CLayouts.struct(JAVA_FLOAT, JAVA_FLOAT, JAVA_FLOAT, JAVA_FLOAT);
        MemoryLayout[] integers = Collections.nCopies(8, JAVA_INT).toArray(MemoryLayout[]::new);
        MemoryLayout[] doubles = Collections.nCopies(8, DOUBLE).toArray(MemoryLayout[]::new);
        List<MemoryLayout> large = new ArrayList<>(Collections.nCopies(9, LONG_LONG));
        large.addFirst(JAVA_INT);

        compareInC(FunctionDescriptor.of(LONG_LONG, integers), function -> Callers.callEightInts(function, 3));
        compareInC(FunctionDescriptor.of(DOUBLE, doubles), function -> Callers.callEightDoubles(function, 3));
        compareInC(FunctionDescriptor.of(DOUBLE, JAVA_INT, pair, DOUBLE), function -> Callers.callMixed(function, 3));
        compareInC(FunctionDescriptor.of(quad, JAVA_INT), function -> Callers.callForQuad(function, 7));
        compareInC(FunctionDescriptor.of(LARGE, large.toArray(MemoryLayout[]::new)),
                function -> Callers.callForLarge(function, 7));
        compareInC(FunctionDescriptor.of(JAVA_FLOAT), function -> Callers.addToFloat(function, 1));
        compareInC(FunctionDescriptor.of(DOUBLE), function -> Callers.addToDouble(function, 1));
    }

    private static void compareInC(FunctionDescriptor function, ToDoubleFunction<MemorySegment> caller) {
        try {
            Ports.thisJvm().orElseThrow().requireLinkable(TableByIndex.withHiddenArgument(function));
        } catch (IllegalArgumentException e) {
            // The JDK's linker gets it wrong, with a stub as with a gate.
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            Object result = result(function.returnLayout().orElseThrow(), arena);
            Recorder ofTable = new Recorder(TableByIndex.withHiddenArgument(function), result);
            Recorder ofStub = new Recorder(function, result);
            MemorySegment stub = TableByIndex.reference(function, ofStub.handle(), arena);
            double expected = caller.applyAsDouble(stub);
            List<Object> expectedArguments = new ArrayList<>(ofStub.takeSeen());
            TableByIndex table = TableByIndex.of(function, FIRST, ofTable.handle(), arena);
            for (int index : trampolines()) {
                assertThat(caller.applyAsDouble(table.trampoline(index))).as("%s", function).isEqualTo(expected);
                List<Object> seen = new ArrayList<>(ofTable.takeSeen());
                assertThat(seen.removeLast()).isEqualTo(Values.bits(JAVA_INT, FIRST + index));
                assertThat(seen).as("%s", function).isEqualTo(expectedArguments);
            }
        }
    }

    /** Small numbers, whose sums a {@code double} holds. */
    private static Object result(MemoryLayout layout, Arena arena) {
        if (layout instanceof ValueLayout.OfLong) {
            return 41L;
        }
        if (layout instanceof ValueLayout.OfFloat) {
            return 2.5f;
        }
        if (layout instanceof ValueLayout.OfDouble) {
            return -3.5;
        }
        MemorySegment struct = arena.allocate(layout);
        boolean isLarge = layout.equals(LARGE);
        for (int i = 0; i < (isLarge ? 5 : 4); i++) {
            if (isLarge) {
                struct.setAtIndex(ValueLayout.JAVA_LONG_UNALIGNED, i, 10L + i);
            } else {
                struct.setAtIndex(JAVA_FLOAT, i, 1.5f + i);
            }
        }
        return struct;
    }

    @Test
    void theUniversalGateAnswersCallsByTheGenericEntry() throws Throwable {
        MemoryLayout[] arguments = function(JAVA_INT, 3, MOST_INTEGERS).argumentLayouts().toArray(MemoryLayout[]::new);
        CallInterface type = CallInterface.prepare(FunctionDescriptor.of(DOUBLE, arguments));
        MethodHandle call = Linker.nativeLinker().downcallHandle(type.descriptor());
        Random random = new Random(Sample.seed());
        try (Arena arena = Arena.ofConfined()) {
            List<Object> seen = new ArrayList<>();
            MemorySegment closure = type.bindBoxed((_, passed) -> {
                seen.add(Values.bits(List.of(arguments), passed));
                return 1.25;
            }, arena);
            for (int i = 0; i < 10; i++) {
                List<Object> values = new ArrayList<>(
                        List.of(Values.random(List.of(arguments), random, arena)));
                values.addFirst(TableByIndex.leadingTo(closure, Abi.NATIVE));

                assertThat(call.invokeWithArguments(values)).isEqualTo(1.25);
                assertThat(seen.removeLast())
                        .isEqualTo(Values.bits(List.of(arguments), values.subList(1, values.size()).toArray()));
            }
        }
    }

    @Test
    void aGateIsExchangedForAnother() throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            Recorder first = new Recorder(TableByIndex.withHiddenArgument(BINARY), 1);
            Recorder second = new Recorder(TableByIndex.withHiddenArgument(BINARY), 2);
            TableByIndex table = TableByIndex.of(BINARY, FIRST, first.handle(), arena);
            assertThat(Callers.callRepeatedly(table.trampoline(9), 1, 0)).isEqualTo(1);

            table.setGate(TableByIndex.gate(BINARY, second.handle(), arena));

            assertThat(Callers.callRepeatedly(table.trampoline(9), 1, 0)).isEqualTo(2);
            assertThat(second.takeSeen()).last().isEqualTo(Values.bits(JAVA_INT, FIRST + 9));
        }
    }

    @Tag("linux") // on Windows, a table is a part of one mapping
    @Test
    void aTableConsistsOfTwoMappingsAndNoneCanBeWritten() throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            Recorder recorder = new Recorder(TableByIndex.withHiddenArgument(BINARY), 1);
            TableByIndex table = TableByIndex.of(BINARY, FIRST, recorder.handle(), arena);
            for (int i = 0; i < 2; i++) {
                ProcessMaps maps = ProcessMaps.read();
                ProcessMaps.Mapping code = maps.at(table.memory().code());
                ProcessMaps.Mapping header = maps.at(table.memory().header());

                assertThat(code.permissions()).isEqualTo("r-xs");
                assertThat(code.start()).isEqualTo(table.memory().code());
                assertThat(code.end()).isEqualTo(table.memory().header());
                assertThat(header.permissions()).isEqualTo("r--p");
                assertThat(header.start()).isEqualTo(table.memory().header());
                assertThat(header.size()).isEqualTo(Salto.report().pageSize());
                table.setGate(TableByIndex.gate(BINARY, recorder.handle(), arena));
            }
        }
    }
}
