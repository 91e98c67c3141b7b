// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static dev.salto.text.callers.CTypes.DOUBLE;
import static dev.salto.text.callers.CTypes.LONG_LONG;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_CHAR;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
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
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Data;
import net.jqwik.api.ForAll;
import net.jqwik.api.FromData;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple.Tuple1;
import net.jqwik.api.lifecycle.AfterContainer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Differential test for random signatures with structs, unions and any number of parameters. Native
 * code passes the same random arguments to an upcall stub of the JDK and to one of Salto. Both have
 * to see and return the same bits.
 */
final class UpcallStubProperties {
    /** Whether the address of an empty struct is passed, which the JDK's own calls cannot do. */
    private static final boolean EMPTY_BY_REFERENCE = System.getProperty("os.name").startsWith("Windows");

    private static final int MAX_PARAMETERS = 24;
    private static final int MAX_SIZE = 128;
    private static final int MAX_SIZE_IN_REGISTERS = 16;

    private static final LeftOut LEFT_OUT = new LeftOut();

    private static final List<MemoryLayout> VALUES = List.of(JAVA_INT, LONG_LONG, DOUBLE, JAVA_FLOAT, JAVA_BYTE,
            JAVA_SHORT, JAVA_CHAR, JAVA_BOOLEAN, ADDRESS, ADDRESS.withTargetLayout(LONG_LONG),
            ADDRESS.withTargetLayout(MemoryLayout.structLayout(JAVA_INT, JAVA_INT)));

    /** One of each way in which a struct is passed. */
    private static final List<MemoryLayout> ONE_OF_EACH_CLASS = List.of(
            MemoryLayout.structLayout(JAVA_INT),
            MemoryLayout.structLayout(JAVA_FLOAT, JAVA_FLOAT),
            MemoryLayout.structLayout(LONG_LONG, LONG_LONG),
            MemoryLayout.structLayout(DOUBLE, DOUBLE),
            MemoryLayout.structLayout(LONG_LONG, DOUBLE),
            MemoryLayout.structLayout(DOUBLE, LONG_LONG),
            MemoryLayout.structLayout(LONG_LONG, LONG_LONG, LONG_LONG));

    /** A callback's type, printed as in C. */
    record Signature(FunctionDescriptor function, long seed) {
        @Override
        public String toString() {
            return Values.describe(function);
        }
    }

    @Data
    Iterable<Tuple1<Signature>> signatures() {
        return Sample.random("stubs", Sample.tries(300), UpcallStubProperties::signature);
    }

    @Property(tries = Integer.MAX_VALUE)
    @FromData("signatures")
    void aStaticStubSeesAndReturnsWhatTheJdksStubDoes(@ForAll Signature signature) throws Throwable {
        compare(signature.function(), signature.seed());
    }

    /** Each of several JVMs tries others. */
    @Data
    Iterable<Tuple1<Signature>> furtherSignatures() {
        return Sample.random("further stubs" + System.getProperty("dev.salto.tests.part", ""),
                Sample.furtherSignatures(), UpcallStubProperties::signature);
    }

    /**
     * It runs in the Maven profile of its tag, and under emulation if further signatures are
     * wanted.
     */
    @Property(tries = Integer.MAX_VALUE)
    @FromData("furtherSignatures")
    @Tag("thorough")
    void thousandsOfStaticStubsSeeAndReturnWhatTheJdksStubsDo(@ForAll Signature signature) throws Throwable {
        compare(signature.function(), signature.seed());
    }

    /**
     * Every number of integers and of doubles around where the registers end, and behind them each
     * class of struct.
     */
    @TestFactory
    Stream<DynamicTest> structsGoWhereTheRemainingRegistersAllow() {
        Stream.Builder<DynamicTest> cases = Stream.builder();
        for (MemoryLayout struct : ONE_OF_EACH_CLASS) {
            for (int integers : Sample.most(List.of(0, 4, 5, 6), struct)) {
                for (int doubles : Sample.some(List.of(0, 6, 7, 8), 4, struct + "" + integers)) {
                    List<MemoryLayout> parameters = new ArrayList<>(Collections.nCopies(integers, JAVA_INT));
                    parameters.addAll(Collections.nCopies(doubles, DOUBLE));
                    parameters.add(struct);
                    long seed = integers * 100L + doubles;
                    addCases(FunctionDescriptor.of(struct, parameters.toArray(MemoryLayout[]::new)), seed, cases);
                    parameters.addAll(List.of(LONG_LONG, DOUBLE, struct));
                    addCases(FunctionDescriptor.of(struct, parameters.toArray(MemoryLayout[]::new)), ~seed, cases);
                }
            }
        }
        return cases.build();
    }

    @TestFactory
    Stream<DynamicTest> anyNumberOfParametersWorks() {
        Stream.Builder<DynamicTest> cases = Stream.builder();
        for (MemoryLayout layout : List.of(JAVA_BYTE, LONG_LONG, JAVA_FLOAT, MemoryLayout.structLayout(JAVA_BYTE))) {
            for (int count : Sample.some(List.of(0, 1, 5, 6, 7, 8, 9, 16, 17, 50, 120), 3, layout)) {
                addCases(FunctionDescriptor.of(layout, Collections.nCopies(count, layout).toArray(MemoryLayout[]::new)),
                        count, cases);
            }
        }
        return cases.build();
    }

    @TestFactory
    Stream<DynamicTest> theNamesOfLayoutsDoNotMatter() {
        MemoryLayout named = MemoryLayout.structLayout(JAVA_INT.withName("a"), JAVA_FLOAT.withName("b"))
                .withName("pair");
        Stream.Builder<DynamicTest> cases = Stream.builder();
        addCases(FunctionDescriptor.of(named, named, ADDRESS.withTargetLayout(named).withName("pointer")), 1, cases);
        addCases(FunctionDescriptor.of(named.withoutName(), named.withName("other"), ADDRESS.withTargetLayout(named)),
                2, cases);
        return cases.build();
    }

    /**
     * Layouts of size 0 take no part; on Windows their address does. The JDK's stub can be called
     * with an empty struct only if there is another struct.
     */
    @org.junit.jupiter.api.Tag("port")
    @TestFactory
    Stream<DynamicTest> emptyStructsAreAllowed() {
        MemoryLayout pair = MemoryLayout.structLayout(JAVA_INT, JAVA_INT);
        Stream.Builder<DynamicTest> cases = Stream.builder();
        addCases(FunctionDescriptor.of(JAVA_INT, MemoryLayout.structLayout(), pair, MemoryLayout.unionLayout()), 1,
                cases);
        return cases.build();
    }

    /**
     * Whether it travels as that number decides where the arguments behind it are. The JDK does not
     * always say so as C does, and calls as it says.
     */
    @TestFactory
    Stream<DynamicTest> aUnionOrAnArrayOfOneFloatingPointNumberMayComeFirst() {
        Stream.Builder<DynamicTest> cases = Stream.builder();
        for (GroupLayout one : List.of(CLayouts.union(DOUBLE), CLayouts.union(JAVA_FLOAT),
                CLayouts.struct(MemoryLayout.sequenceLayout(1, DOUBLE)), CLayouts.struct(JAVA_FLOAT))) {
            addCases(FunctionDescriptor.of(LONG_LONG, one, LONG_LONG, one), 1, cases);
        }
        return cases.build();
    }

    @TestFactory
    Stream<DynamicTest> emptyMembersAreAllowed() {
        Stream.Builder<DynamicTest> cases = Stream.builder();
        for (MemoryLayout empty : List.of(MemoryLayout.structLayout(), MemoryLayout.unionLayout(),
                MemoryLayout.sequenceLayout(0, LONG_LONG))) {
            GroupLayout struct = CLayouts.struct(DOUBLE, LONG_LONG, empty);
            addCases(FunctionDescriptor.of(struct, JAVA_INT, struct, DOUBLE), 1, cases);
        }
        return cases.build();
    }

    /** A test for each linker, so that those that the JDK gets wrong are skipped one by one. */
    private static void addCases(FunctionDescriptor function, long seed, Stream.Builder<DynamicTest> cases) {
        for (UpcallLinker linker : UpcallLinker.compared()) {
            cases.add(DynamicTest.dynamicTest("%s, %s".formatted(Values.describe(function), linker), () -> {
                JdkFaults.ofComparison(function, linker).ifPresent(Assumptions::abort);
                Sample.compared();
                compare(function, seed, linker);
            }));
        }
    }

    @AfterContainer
    static void sayWhatIsLeftOut() {
        LEFT_OUT.print();
    }

    private static void compare(FunctionDescriptor function, long seed) throws Throwable {
        Sample.compared();
        for (UpcallLinker linker : UpcallLinker.compared()) {
            if (!LEFT_OUT.count("random signatures not compared for the linker " + linker,
                    JdkFaults.ofComparison(function, linker))) {
                compare(function, seed, linker);
            }
        }
    }

    private static void compare(FunctionDescriptor function, long seed, UpcallLinker linker) throws Throwable {
        Random random = new Random(seed);
        try (Arena arena = Arena.ofConfined()) {
            Object[] arguments = Values.random(function.argumentLayouts(), random, arena);
            SegmentAllocator memoryOfResult = memoryOfResult(random, arena);
            Object result = function.returnLayout().map(l -> Values.random(l, random, memoryOfResult)).orElse(null);
            Recorder recorder = new Recorder(function, result);
            MethodHandle target = recorder.handle();
            MethodHandle call = Linker.nativeLinker().downcallHandle(withoutEmptyParameters(function));
            List<Object> passed = IntStream.range(0, arguments.length)
                    .filter(i -> EMPTY_BY_REFERENCE || function.argumentLayouts().get(i).byteSize() > 0)
                    .mapToObj(i -> function.argumentLayouts().get(i).byteSize() > 0 ? arguments[i] : MemorySegment.NULL)
                    .toList();

            List<Object> expected = Values.bits(function.argumentLayouts(), arguments);
            Object returned = Values.bitsOfResult(function, result);

            Object fromStub = call(call, function, linker.upcallStub(target, function, arena), passed);
            assertThat(recorder.takeSeen()).as("the %s stub sees of %s", linker, function).isEqualTo(expected);
            assertThat(fromStub).as("the %s stub returns from %s", linker, function).isEqualTo(returned);
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
            return Values.bitsOfResult(function, call.invokeWithArguments(all));
        }
    }

    /**
     * The type without parameters of size 0: they pass nothing, and a downcall does not take them.
     */
    private static FunctionDescriptor withoutEmptyParameters(FunctionDescriptor function) {
        MemoryLayout[] parameters = function.argumentLayouts().stream()
                .filter(layout -> EMPTY_BY_REFERENCE || layout.byteSize() > 0)
                .map(layout -> layout.byteSize() > 0 ? layout : ADDRESS)
                .toArray(MemoryLayout[]::new);
        return function.returnLayout().map(result -> FunctionDescriptor.of(result, parameters))
                .orElseGet(() -> FunctionDescriptor.ofVoid(parameters));
    }

    /** Up to 24 parameters and any result: values, small structs and unions, and large ones. */
    private static Signature signature(Random random) {
        FunctionDescriptor function;
        do {
            MemoryLayout[] parameters = Stream.generate(() -> anything(random))
                    .limit(random.nextInt(MAX_PARAMETERS + 1))
                    .toArray(MemoryLayout[]::new);
            function = random.nextInt(10) == 0
                    ? FunctionDescriptor.ofVoid(parameters)
                    : FunctionDescriptor.of(anything(random), parameters);
        } while (LEFT_OUT.count("random signatures replaced by others", JdkFaults.of(function)));
        return new Signature(function, random.nextLong());
    }

    private static MemoryLayout anything(Random random) {
        return switch (random.nextInt(8)) {
            case 0, 1, 2, 3 -> oneOf(VALUES, random);
            case 4, 5, 6 -> group(random, 2, 5, MAX_SIZE_IN_REGISTERS);
            default -> group(random, 3, 8, MAX_SIZE);
        };
    }

    /**
     * A struct or union whose members are values, arrays, structs and unions, {@code depth} levels
     * deep.
     */
    private static MemoryLayout group(Random random, int depth, int maxMembers, int maxSize) {
        MemoryLayout group;
        do {
            MemoryLayout[] members = Stream.generate(() -> member(random, depth, maxMembers, maxSize))
                    .limit(1 + random.nextInt(maxMembers))
                    .toArray(MemoryLayout[]::new);
            group = random.nextInt(5) == 0 ? CLayouts.union(members) : CLayouts.struct(members);
        } while (group.byteSize() > maxSize
                || LEFT_OUT.count("random structs and unions replaced by others", JdkFaults.anywhere(group)));
        return group;
    }

    private static MemoryLayout member(Random random, int depth, int maxMembers, int maxSize) {
        MemoryLayout element = depth > 0 && random.nextInt(4) == 0
                ? group(random, depth - 1, maxMembers, maxSize)
                : oneOf(VALUES, random);
        return random.nextInt(6) == 0
                ? MemoryLayout.sequenceLayout(1 + random.nextInt(maxMembers), element)
                : element;
    }

    private static MemoryLayout oneOf(List<MemoryLayout> layouts, Random random) {
        return layouts.get(random.nextInt(layouts.size()));
    }
}
