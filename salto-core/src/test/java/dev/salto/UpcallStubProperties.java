// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_CHAR;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;

/**
 * Differential test: for random signatures with structs, unions and any number of parameters, native code passes the same random
 * arguments to an upcall stub of the JDK and to one of Salto, and both have to see and return the same bits.
 */
final class UpcallStubProperties {
    private static final int MAX_PARAMETERS = 24;
    private static final int MAX_SIZE = 128;
    private static final int MAX_SIZE_IN_REGISTERS = 16;

    /** The simplest first: a failing signature is shrunk towards it. */
    private static final List<MemoryLayout> VALUES = List.of(JAVA_INT, JAVA_LONG, JAVA_DOUBLE, JAVA_FLOAT, JAVA_BYTE,
            JAVA_SHORT, JAVA_CHAR, JAVA_BOOLEAN, ADDRESS, ADDRESS.withTargetLayout(JAVA_LONG),
            ADDRESS.withTargetLayout(MemoryLayout.structLayout(JAVA_INT, JAVA_INT)));

    /** One of each way in which a struct is passed. */
    private static final List<MemoryLayout> ONE_OF_EACH_CLASS = List.of(
            MemoryLayout.structLayout(JAVA_INT),
            MemoryLayout.structLayout(JAVA_FLOAT, JAVA_FLOAT),
            MemoryLayout.structLayout(JAVA_LONG, JAVA_LONG),
            MemoryLayout.structLayout(JAVA_DOUBLE, JAVA_DOUBLE),
            MemoryLayout.structLayout(JAVA_LONG, JAVA_DOUBLE),
            MemoryLayout.structLayout(JAVA_DOUBLE, JAVA_LONG),
            MemoryLayout.structLayout(JAVA_LONG, JAVA_LONG, JAVA_LONG));

    /** A callback's type, printed as in C. */
    record Signature(FunctionDescriptor function) {
        @Override
        public String toString() {
            return Values.describe(function);
        }
    }

    @Property(tries = 300, seed = "20261121", edgeCases = EdgeCasesMode.NONE)
    void aStaticStubSeesAndReturnsWhatTheJdksStubDoes(@ForAll("signatures") Signature signature, @ForAll long seed)
            throws Throwable {
        compare(signature.function(), seed);
    }

    /** Other signatures in each run. It runs in the Maven profile of its tag, which says how many. */
    @Property(edgeCases = EdgeCasesMode.NONE)
    @Tag("thorough")
    void thousandsOfStaticStubsSeeAndReturnWhatTheJdksStubsDo(@ForAll("signatures") Signature signature,
            @ForAll long seed) throws Throwable {
        compare(signature.function(), seed);
    }

    /** Every number of integers and of doubles around where the registers end, and behind them each class of struct. */
    @Example
    void structsGoWhereTheRemainingRegistersAllow() throws Throwable {
        for (MemoryLayout struct : ONE_OF_EACH_CLASS) {
            for (int integers : new int[]{0, 4, 5, 6}) {
                for (int doubles : new int[]{0, 6, 7, 8}) {
                    List<MemoryLayout> parameters = new ArrayList<>(Collections.nCopies(integers, JAVA_INT));
                    parameters.addAll(Collections.nCopies(doubles, JAVA_DOUBLE));
                    parameters.add(struct);
                    long seed = integers * 100L + doubles;
                    compare(FunctionDescriptor.of(struct, parameters.toArray(MemoryLayout[]::new)), seed);
                    parameters.addAll(List.of(JAVA_LONG, JAVA_DOUBLE, struct));
                    compare(FunctionDescriptor.of(struct, parameters.toArray(MemoryLayout[]::new)), ~seed);
                }
            }
        }
    }

    @Example
    void anyNumberOfParametersWorks() throws Throwable {
        for (MemoryLayout layout : List.of(JAVA_BYTE, JAVA_LONG, JAVA_FLOAT, MemoryLayout.structLayout(JAVA_BYTE))) {
            for (int count : new int[]{0, 1, 5, 6, 7, 8, 9, 16, 17, 50, 120}) {
                compare(FunctionDescriptor.of(layout, Collections.nCopies(count, layout).toArray(MemoryLayout[]::new)),
                        count);
            }
        }
    }

    @Example
    void theNamesOfLayoutsDoNotMatter() throws Throwable {
        MemoryLayout named = MemoryLayout.structLayout(JAVA_INT.withName("a"), JAVA_FLOAT.withName("b"))
                .withName("pair");
        compare(FunctionDescriptor.of(named, named, ADDRESS.withTargetLayout(named).withName("pointer")), 1);
        compare(FunctionDescriptor.of(named.withoutName(), named.withName("other"), ADDRESS.withTargetLayout(named)),
                2);
    }

    /** What has size 0 takes no part. The JDK's stub can be called with an empty struct only if there is another struct. */
    @Example
    void emptyStructsAndMembersAreAllowed() throws Throwable {
        MemoryLayout pair = MemoryLayout.structLayout(JAVA_INT, JAVA_INT);
        compare(FunctionDescriptor.of(JAVA_INT, MemoryLayout.structLayout(), pair, MemoryLayout.unionLayout()), 1);
        for (MemoryLayout empty : List.of(MemoryLayout.structLayout(), MemoryLayout.unionLayout(),
                MemoryLayout.sequenceLayout(0, JAVA_LONG))) {
            GroupLayout struct = CLayouts.struct(JAVA_DOUBLE, JAVA_LONG, empty);
            compare(FunctionDescriptor.of(struct, JAVA_INT, struct, JAVA_DOUBLE), 1);
        }
    }

    private static void compare(FunctionDescriptor function, long seed) throws Throwable {
        Random random = new Random(seed);
        try (Arena arena = Arena.ofConfined()) {
            Object[] arguments = Values.random(function.argumentLayouts(), random, arena);
            SegmentAllocator memoryOfResult = memoryOfResult(random, arena);
            Object result = function.returnLayout().map(l -> Values.random(l, random, memoryOfResult)).orElse(null);
            Recorder recorder = new Recorder(function, result);
            MethodHandle target = recorder.handle();
            MethodHandle call = Linker.nativeLinker().downcallHandle(withoutEmptyParameters(function));
            List<Object> passed = IntStream.range(0, arguments.length)
                    .filter(i -> function.argumentLayouts().get(i).byteSize() > 0)
                    .mapToObj(i -> arguments[i])
                    .toList();

            Object fromTheirs = call(call, function, UpcallLinker.JDK.upcallStub(target, function, arena), passed);
            List<Object> seenByTheirs = recorder.takeSeen();
            Object fromOurs = call(call, function, UpcallLinker.SALTO.upcallStub(target, function, arena), passed);
            List<Object> seenByOurs = recorder.takeSeen();

            assertThat(seenByTheirs).as("the JDK's stub sees of %s", function)
                    .isEqualTo(Values.bits(function.argumentLayouts(), arguments));
            assertThat(seenByOurs).as("Salto's stub sees of %s", function).isEqualTo(seenByTheirs);
            assertThat(fromOurs).as("Salto's stub returns from %s", function).isEqualTo(fromTheirs);
        }
    }

    /** A target may return a struct in native memory or on the heap, aligned or not. */
    private static SegmentAllocator memoryOfResult(Random random, Arena arena) {
        return switch (random.nextInt(3)) {
            case 0 -> arena;
            case 1 -> (size, _) -> MemorySegment.ofArray(new long[Math.toIntExact((size + 7) / 8)]).asSlice(0, size);
            default -> (size, _) -> MemorySegment.ofArray(new byte[Math.toIntExact(size) + 1]).asSlice(1, size);
        };
    }

    private static Object call(MethodHandle call, FunctionDescriptor function, MemorySegment stub,
            List<Object> arguments) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            List<Object> all = new ArrayList<>();
            all.add(stub);
            if (function.returnLayout().orElse(null) instanceof GroupLayout) {
                all.add(arena);
            }
            all.addAll(arguments);
            Object result = call.invokeWithArguments(all);
            return result == null ? "void" : Values.bits(function.returnLayout().orElseThrow(), result);
        }
    }

    /** The type without parameters of size 0: they pass nothing, and a downcall does not take them. */
    private static FunctionDescriptor withoutEmptyParameters(FunctionDescriptor function) {
        MemoryLayout[] parameters = function.argumentLayouts().stream()
                .filter(layout -> layout.byteSize() > 0)
                .toArray(MemoryLayout[]::new);
        return function.returnLayout().map(result -> FunctionDescriptor.of(result, parameters))
                .orElseGet(() -> FunctionDescriptor.ofVoid(parameters));
    }

    /** Up to 24 parameters and any result: values, small structs and unions, and large ones. */
    @Provide
    Arbitrary<Signature> signatures() {
        Arbitrary<MemoryLayout> value = Arbitraries.of(VALUES);
        Arbitrary<MemoryLayout> small = group(2, 5, MAX_SIZE_IN_REGISTERS);
        Arbitrary<MemoryLayout> large = group(3, 8, MAX_SIZE);
        Arbitrary<List<MemoryLayout>> parameters = Arbitraries
                .frequencyOf(Tuple.of(4, value), Tuple.of(3, small), Tuple.of(1, large))
                .list().ofMaxSize(MAX_PARAMETERS);
        Arbitrary<Optional<MemoryLayout>> result = Arbitraries
                .frequencyOf(Tuple.of(3, value), Tuple.of(4, small), Tuple.of(2, large))
                .optional(0.9);
        return Combinators.combine(parameters, result).as((p, r) -> {
            MemoryLayout[] layouts = p.toArray(MemoryLayout[]::new);
            return new Signature(r.map(layout -> FunctionDescriptor.of(layout, layouts))
                    .orElseGet(() -> FunctionDescriptor.ofVoid(layouts)));
        });
    }

    /** A struct or union whose members are values, arrays, structs and unions, {@code depth} levels deep. */
    private static Arbitrary<MemoryLayout> group(int depth, int maxMembers, int maxSize) {
        Arbitrary<MemoryLayout> value = Arbitraries.of(VALUES);
        Arbitrary<MemoryLayout> element = depth == 0
                ? value
                : Arbitraries.frequencyOf(Tuple.of(6, value),
                        Tuple.of(2, Arbitraries.lazy(() -> group(depth - 1, maxMembers, maxSize))));
        Arbitrary<MemoryLayout> array = Combinators
                .combine(element, Arbitraries.integers().between(1, maxMembers))
                .as((layout, count) -> MemoryLayout.sequenceLayout(count, layout));
        Arbitrary<MemoryLayout[]> members = Arbitraries.frequencyOf(Tuple.of(5, element), Tuple.of(1, array))
                .list().ofMinSize(1).ofMaxSize(maxMembers)
                .map(list -> list.toArray(MemoryLayout[]::new));
        return Arbitraries.frequencyOf(Tuple.of(4, members.map(CLayouts::struct)),
                Tuple.of(1, members.map(CLayouts::union)))
                .filter(10_000, layout -> layout.byteSize() <= maxSize)
                .map(layout -> layout);
    }
}
