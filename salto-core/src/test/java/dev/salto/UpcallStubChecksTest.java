// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static dev.salto.text.callers.CTypes.LONG_LONG;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.ADDRESS_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_CHAR_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same input, good or bad, goes to both linkers: both accept it, or both throw the same type of
 * exception.
 */
@SuppressWarnings("UnusedMethod") // targets are reached through method handles
final class UpcallStubChecksTest {
    private static final FunctionDescriptor BINARY = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);
    private static final Input GOOD = new Input(target("add", BINARY.toMethodType()), BINARY, Arena.global(),
            List.of());

    /** The arguments of a caller. */
    record Input(@Nullable MethodHandle target, @Nullable FunctionDescriptor function,
            @Nullable Arena arena, @Nullable List<Linker.@Nullable Option> options) {
        Input withTarget(@Nullable MethodHandle other) {
            return new Input(other, function, arena, options);
        }

        /** With a target that fits. */
        Input withFunction(FunctionDescriptor other) {
            return new Input(MethodHandles.empty(other.toMethodType()), other, arena, options);
        }

        Input withOnlyFunction(@Nullable FunctionDescriptor other) {
            return new Input(target, other, arena, options);
        }

        Input withArena(@Nullable Arena other) {
            return new Input(target, function, other, options);
        }

        Input withOptions(Linker.@Nullable Option... others) {
            return new Input(target, function, arena, Arrays.asList(others));
        }

        Input withoutOptions() {
            return new Input(target, function, arena, null);
        }

        /** The class of what is thrown, or nothing. */
        Object outcome(UpcallLinker linker) {
            Throwable thrown = catchThrowable(() -> make(linker));
            return thrown == null ? "a stub" : thrown.getClass();
        }

        @SuppressWarnings("NullAway") // what the annotations forbid, a caller in unchecked code may pass
        MemorySegment make(UpcallLinker linker) {
            return linker.upcallStub(target, function, arena,
                    options == null ? null : options.toArray(Linker.Option[]::new));
        }
    }

    /** One way to spoil a good input. */
    record Fault(String name, UnaryOperator<Input> spoil) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Fault fault(String name, UnaryOperator<Input> spoil) {
        return new Fault(name, spoil);
    }

    private static Fault layout(String name, MemoryLayout layout) {
        return fault(name + " as a parameter", input -> input.withFunction(FunctionDescriptor.of(JAVA_INT, layout)));
    }

    private static Fault result(String name, MemoryLayout layout) {
        return fault(name + " as the result", input -> input.withFunction(FunctionDescriptor.of(layout, JAVA_INT)));
    }

    private static int add(int a, int b) {
        return a + b;
    }

    private static int throwsChecked(int a, int b) throws IOException {
        return add(a, b);
    }

    private static int throwsUnchecked(int a, int b) throws IllegalStateException {
        return add(a, b);
    }

    private static int throwsErrors(int a, int b) throws StackOverflowError {
        return add(a, b);
    }

    private static int throwsCheckedWithThree(int own, int a, int b) throws IOException {
        return own + add(a, b);
    }

    private static int throwsCheckedOfArray(int... numbers) throws IOException {
        return numbers.length;
    }

    private int virtualThrowsChecked(int a, int b) throws IOException {
        return add(a, b);
    }

    private static MethodHandle target(String name, MethodType type) {
        try {
            return MethodHandles.lookup().findStatic(UpcallStubChecksTest.class, name, type);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a target is missing", e);
        }
    }

    private static MethodHandle boundToReceiver() {
        try {
            return MethodHandles.lookup().bind(new UpcallStubChecksTest(), "virtualThrowsChecked",
                    BINARY.toMethodType());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a target is missing", e);
        }
    }

    private static Arena closed(Arena arena) {
        arena.close();
        return arena;
    }

    /** A confined arena of a thread that has ended. */
    private static Arena ofAnotherThread() {
        CompletableFuture<Arena> arena = new CompletableFuture<>();
        Thread.ofPlatform().start(() -> arena.complete(Arena.ofConfined()));
        return arena.join();
    }

    private static final List<Fault> BAD_TARGETS = List.of(
            fault("no target", input -> input.withTarget(null)),
            fault("a target with fewer parameters",
                    input -> input.withTarget(MethodHandles.empty(MethodType.methodType(int.class, int.class)))),
            fault("a target with more parameters", input -> input
                    .withTarget(MethodHandles.dropArguments(GOOD.target(), 2, int.class))),
            fault("a target with a parameter of another type", input -> input.withTarget(
                    MethodHandles.empty(MethodType.methodType(int.class, int.class, long.class)))),
            fault("a target with a result of another type", input -> input.withTarget(
                    MethodHandles.empty(MethodType.methodType(void.class, int.class, int.class)))),
            fault("a target of objects",
                    input -> input.withTarget(MethodHandles.empty(MethodType.genericMethodType(2)))),
            fault("a target of an array", input -> input.withTarget(
                    target("throwsCheckedOfArray", MethodType.methodType(int.class, int[].class)))),
            fault("a target that declares a checked exception",
                    input -> input.withTarget(target("throwsChecked", BINARY.toMethodType()))),
            fault("a target that declares an unchecked exception",
                    input -> input.withTarget(target("throwsUnchecked", BINARY.toMethodType()))),
            fault("a target that declares an error",
                    input -> input.withTarget(target("throwsErrors", BINARY.toMethodType()))));

    private static final List<Fault> BAD_FUNCTIONS = List.of(
            fault("no function", input -> input.withOnlyFunction(null)),
            layout("an int of the other byte order", JAVA_INT.withOrder(Values.foreignOrder())),
            result("an int of the other byte order", JAVA_INT.withOrder(Values.foreignOrder())),
            layout("an address of the other byte order", ADDRESS.withOrder(Values.foreignOrder())),
            layout("a struct with a long of the other byte order",
                    MemoryLayout.structLayout(LONG_LONG.withOrder(Values.foreignOrder()))),
            layout("an unaligned char", JAVA_CHAR_UNALIGNED),
            layout("an unaligned int", JAVA_INT_UNALIGNED),
            layout("an unaligned double", JAVA_DOUBLE_UNALIGNED),
            layout("an unaligned address", ADDRESS_UNALIGNED),
            result("an unaligned int", JAVA_INT_UNALIGNED),
            layout("an overaligned int", JAVA_INT.withByteAlignment(8)),
            layout("a packed struct", MemoryLayout.structLayout(JAVA_BYTE, JAVA_INT_UNALIGNED)),
            result("a packed struct", MemoryLayout.structLayout(JAVA_BYTE, JAVA_INT_UNALIGNED)),
            layout("an overaligned struct", MemoryLayout.structLayout(LONG_LONG, LONG_LONG).withByteAlignment(16)),
            result("an overaligned struct", MemoryLayout.structLayout(LONG_LONG, LONG_LONG).withByteAlignment(16)),
            layout("an overaligned union", MemoryLayout.unionLayout(JAVA_INT).withByteAlignment(8)),
            layout("an overaligned member", MemoryLayout.structLayout(JAVA_INT.withByteAlignment(8), pad(4))),
            layout("an overaligned array", MemoryLayout.structLayout(array(2, JAVA_INT).withByteAlignment(8))),
            layout("an array", array(2, JAVA_INT)),
            result("an array", array(2, JAVA_INT)),
            layout("a struct with too much padding", MemoryLayout.structLayout(JAVA_SHORT, pad(6), JAVA_INT)),
            layout("a struct with padding where none is due", MemoryLayout.structLayout(JAVA_INT, pad(4), JAVA_INT)),
            layout("a struct with padding in two parts",
                    MemoryLayout.structLayout(JAVA_INT, pad(2), pad(2), LONG_LONG)),
            layout("a struct without padding at its end", MemoryLayout.structLayout(JAVA_INT, JAVA_SHORT)),
            result("a struct without padding at its end", MemoryLayout.structLayout(JAVA_INT, JAVA_SHORT)),
            layout("a struct with too much padding at its end", MemoryLayout.structLayout(JAVA_INT, pad(4))),
            layout("a struct of padding", MemoryLayout.structLayout(pad(8))),
            layout("an array of padding", MemoryLayout.structLayout(array(2, pad(4)))),
            layout("a nested struct with wrong padding",
                    MemoryLayout.structLayout(MemoryLayout.structLayout(JAVA_INT, JAVA_SHORT), pad(2))),
            layout("a union without padding at its end",
                    MemoryLayout.unionLayout(JAVA_INT, MemoryLayout.structLayout(array(3, JAVA_SHORT)))),
            layout("a union with padding that is too small", MemoryLayout.unionLayout(LONG_LONG, pad(4))),
            layout("a union with padding that is too large", MemoryLayout.unionLayout(LONG_LONG, pad(16))),
            layout("a union with padding twice",
                    MemoryLayout.unionLayout(LONG_LONG, array(9, JAVA_BYTE), pad(16), pad(16))));

    /** On s390x the JDK takes these. */
    private static final List<Fault> EMPTY_RESULTS = List.of(
            result("an empty struct", MemoryLayout.structLayout()),
            result("an empty union", MemoryLayout.unionLayout()),
            result("a struct of an empty array", MemoryLayout.structLayout(array(0, JAVA_INT))));

    private static final List<Fault> BAD_ARENAS = List.of(
            fault("no arena", input -> input.withArena(null)),
            fault("a closed confined arena", input -> input.withArena(closed(Arena.ofConfined()))),
            fault("a closed shared arena", input -> input.withArena(closed(Arena.ofShared()))),
            fault("a confined arena of another thread", input -> input.withArena(ofAnotherThread())));

    private static final Linker.@Nullable Option NO_OPTION = null;

    private static final List<Fault> BAD_OPTIONS = List.of(
            fault("no options", input -> input.withoutOptions()),
            fault("an option that is null", input -> input.withOptions(NO_OPTION)),
            fault("an option that is null behind another",
                    input -> input.withOptions(Linker.Option.critical(false), NO_OPTION)),
            fault("captureCallState", input -> input.withOptions(Linker.Option.captureCallState("errno"))),
            fault("critical", input -> input.withOptions(Linker.Option.critical(false))),
            fault("critical with heap access", input -> input.withOptions(Linker.Option.critical(true))),
            fault("firstVariadicArg", input -> input.withOptions(Linker.Option.firstVariadicArg(1))),
            fault("firstVariadicArg out of range", input -> input.withOptions(Linker.Option.firstVariadicArg(9))),
            fault("an option twice", input -> input.withOptions(Linker.Option.firstVariadicArg(0),
                    Linker.Option.firstVariadicArg(0))));

    private static final List<List<Fault>> FAULTS = List.of(
            Stream.concat(BAD_FUNCTIONS.stream(), EMPTY_RESULTS.stream()).toList(), BAD_TARGETS, BAD_ARENAS,
            BAD_OPTIONS);

    private static MemoryLayout pad(long size) {
        return MemoryLayout.paddingLayout(size);
    }

    private static MemoryLayout array(long count, MemoryLayout element) {
        return MemoryLayout.sequenceLayout(count, element);
    }

    static Stream<Fault> everyFault() {
        return FAULTS.stream().flatMap(List::stream);
    }

    private static Input goodOneThatWasCombined() {
        return GOOD.withTarget(MethodHandles.insertArguments(
                target("throwsCheckedWithThree", MethodType.methodType(int.class, int.class, int.class, int.class)), 0,
                1));
    }

    @ParameterizedTest
    @MethodSource("everyFault")
    void bothLinkersRefuseWithTheSameException(Fault fault) {
        for (Input good : List.of(GOOD, goodOneThatWasCombined())) {
            Input bad = fault.spoil().apply(good);

            assertThat(bad.outcome(UpcallLinker.SALTO)).isEqualTo(bad.outcome(UpcallLinker.JDK));
            if (!EMPTY_RESULTS.contains(fault)) {
                assertThat(bad.outcome(UpcallLinker.SALTO)).isNotEqualTo("a stub");
            }
        }
    }

    /** Of two faults the one that the JDK finds first decides. */
    @Test
    void bothLinkersLookForFaultsInTheSameOrder() {
        List<List<Fault>> pairs = new ArrayList<>();
        for (List<Fault> first : FAULTS) {
            for (List<Fault> second : FAULTS.subList(FAULTS.indexOf(first) + 1, FAULTS.size())) {
                first.forEach(one -> second.forEach(other -> pairs.add(List.of(one, other))));
            }
        }
        List<String> differences = new ArrayList<>();
        for (List<Fault> pair : Sample.some(pairs, 20, "pairs")) {
            Input bad = pair.getLast().spoil().apply(pair.getFirst().spoil().apply(GOOD));
            Object theirs = bad.outcome(UpcallLinker.JDK);
            Object ours = bad.outcome(UpcallLinker.SALTO);
            if (!ours.equals(theirs)) {
                differences.add("%s and %s: %s instead of %s".formatted(pair.getFirst(), pair.getLast(), ours, theirs));
            }
        }
        assertThat(differences).isEmpty();
    }

    /** A target of each kind of method handle. The JDK sees declared exceptions in some of them. */
    static Stream<MethodHandle> targetsOfEveryKind() throws ReflectiveOperationException {
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        MethodHandle add = target("add", BINARY.toMethodType());
        MethodHandle checked = target("throwsChecked", BINARY.toMethodType());
        MethodHandle checkedOfArray = target("throwsCheckedOfArray", MethodType.methodType(int.class, int[].class));
        return Stream.of(
                add,
                checked,
                lookup.unreflect(UpcallStubChecksTest.class.getDeclaredMethod("add", int.class, int.class)),
                lookup.unreflect(UpcallStubChecksTest.class.getDeclaredMethod("throwsChecked", int.class, int.class)),
                boundToReceiver(),
                goodOneThatWasCombined().target(),
                MethodHandles.permuteArguments(checked, BINARY.toMethodType(), 1, 0),
                MethodHandles.explicitCastArguments(checked,
                        MethodType.methodType(long.class, long.class, long.class))
                        .asType(MethodType.methodType(long.class, int.class, int.class))
                        .asType(MethodType.methodType(Object.class, int.class, int.class))
                        .asType(BINARY.toMethodType()),
                checkedOfArray.asCollector(int[].class, 2),
                checkedOfArray.asVarargsCollector(int[].class).asType(BINARY.toMethodType()),
                MethodHandles.dropArguments(MethodHandles.constant(int.class, 3), 0, int.class, int.class),
                MethodHandles.empty(BINARY.toMethodType()),
                MethodHandles.catchException(checked, IOException.class,
                        MethodHandles.empty(BINARY.toMethodType().insertParameterTypes(0, IOException.class))),
                MethodHandles.tryFinally(add, MethodHandles.empty(MethodType.methodType(int.class, Throwable.class,
                        int.class, int.class, int.class))),
                MethodHandles.guardWithTest(MethodHandles.empty(MethodType.methodType(boolean.class)), add, checked),
                MethodHandles.insertArguments(MethodHandles.exactInvoker(BINARY.toMethodType()), 0, checked),
                MethodHandles.arrayElementGetter(int[].class).bindTo(new int[2]).asType(
                        MethodType.methodType(int.class, int.class)));
    }

    @ParameterizedTest
    @MethodSource("targetsOfEveryKind")
    void bothLinkersAcceptTheSameKindsOfTarget(MethodHandle target) {
        Input input = GOOD.withTarget(target);

        assertThat(input.outcome(UpcallLinker.SALTO)).isEqualTo(input.outcome(UpcallLinker.JDK));
    }

    /** With one parameter, or none: handles that cannot have two. */
    @Test
    void bothLinkersAcceptGettersConstructorsAndConstants() throws ReflectiveOperationException {
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        MethodHandle getter = lookup.findStaticGetter(Integer.class, "MAX_VALUE", int.class);
        for (Input input : List.of(
                GOOD.withFunction(FunctionDescriptor.of(JAVA_INT)).withTarget(getter),
                GOOD.withFunction(FunctionDescriptor.of(JAVA_INT)).withTarget(MethodHandles.constant(int.class, 1)),
                GOOD.withFunction(FunctionDescriptor.of(JAVA_INT, JAVA_INT))
                        .withTarget(MethodHandles.identity(int.class)),
                GOOD.withFunction(FunctionDescriptor.of(ADDRESS, LONG_LONG)).withTarget(lookup.findStatic(
                        MemorySegment.class, "ofAddress", MethodType.methodType(MemorySegment.class, long.class))),
                GOOD.withFunction(FunctionDescriptor.ofVoid(JAVA_INT)).withTarget(lookup
                        .findConstructor(Object.class, MethodType.methodType(void.class))
                        .asType(MethodType.methodType(void.class)).asType(MethodType.methodType(void.class))))) {
            assertThat(input.outcome(UpcallLinker.SALTO)).as("%s", input.target())
                    .isEqualTo(input.outcome(UpcallLinker.JDK));
        }
    }

    /**
     * The limit is the JVM's: a method has at most 255 words of parameters, and the linkers need
     * some of them. With 253 the JDK makes a stub that no downcall can call, and Salto, which needs
     * a parameter for itself, makes none.
     */
    @Test
    void bothLinkersAcceptAsManyParameters() {
        for (MemoryLayout layout : List.of(JAVA_INT, LONG_LONG, ADDRESS, MemoryLayout.structLayout(JAVA_INT),
                MemoryLayout.structLayout(LONG_LONG, LONG_LONG), MemoryLayout.structLayout(array(3, LONG_LONG)))) {
            List<Integer> counts = layout.equals(LONG_LONG)
                    ? List.of(42, 43, 63, 64, 125, 126) // each of two words
                    : List.of(42, 43, 63, 64, 126, 127, 128, 251, 252);
            for (int count : Sample.some(counts, 4, layout)) {
                Input input = GOOD.withFunction(FunctionDescriptor.of(JAVA_INT,
                        Collections.nCopies(count, layout).toArray(MemoryLayout[]::new)));

                assertThat(input.outcome(UpcallLinker.SALTO)).as("%d of %s", count, layout)
                        .isEqualTo(input.outcome(UpcallLinker.JDK));
            }
        }
    }

    /** An arena of the user's own, which only passes on. */
    private record UsersArena(Arena arena) implements Arena {
        @Override
        public MemorySegment allocate(long size, long alignment) {
            return arena.allocate(size, alignment);
        }

        @Override
        public MemorySegment.Scope scope() {
            return arena.scope();
        }

        @Override
        public void close() {
            arena.close();
        }
    }

    /** The visible properties of a stub's segment. */
    private static List<Object> properties(MemorySegment stub, Arena arena) throws InterruptedException {
        List<Boolean> elsewhere = new ArrayList<>();
        Thread.ofPlatform().start(() -> elsewhere.add(stub.isAccessibleBy(Thread.currentThread()))).join();
        return List.of(stub.byteSize(), stub.isNative(), stub.isMapped(), stub.isReadOnly(),
                stub.scope().equals(arena.scope()), stub.scope().isAlive(),
                stub.isAccessibleBy(Thread.currentThread()), elsewhere, stub.equals(MemorySegment.NULL),
                stub.heapBase().isPresent());
    }

    static final List<Supplier<Arena>> GOOD_ARENAS = List.of(Arena::global, Arena::ofAuto, Arena::ofShared,
            Arena::ofConfined, () -> new UsersArena(Arena.ofShared()));

    @ParameterizedTest
    @FieldSource("GOOD_ARENAS")
    void theSegmentOfAStubLooksTheSame(Supplier<Arena> arenas) throws InterruptedException {
        Arena arena = arenas.get();

        List<Object> theirs = properties(GOOD.withArena(arena).make(UpcallLinker.JDK), arena);
        List<Object> ours = properties(GOOD.withArena(arena).make(UpcallLinker.SALTO), arena);

        assertThat(ours).isEqualTo(theirs);
        if (catchThrowable(arena::close) == null) {
            assertThat(arena.scope().isAlive()).isFalse();
        }
    }

    @Test
    void anArenaThatIsClosedEndsItsStubs() {
        MethodHandle call = Linker.nativeLinker().downcallHandle(BINARY);
        for (Supplier<Arena> arenas : List.<Supplier<Arena>>of(Arena::ofShared, Arena::ofConfined)) {
            List<Object> outcomes = UpcallLinker.LINKERS.stream().<Object>map(linker -> {
                Arena arena = arenas.get();
                MemorySegment stub = GOOD.withArena(arena).make(linker);
                arena.close();
                assertThat(stub.scope().isAlive()).isFalse();
                return catchThrowable(() -> call.invoke(stub, 1, 2)).getClass();
            }).toList();

            assertThat(outcomes).containsOnly(IllegalStateException.class);
        }
    }

    /** An arena that is being used by a call cannot be closed. */
    private static final class Closer {
        private final Arena arena;
        private @Nullable Throwable thrown;

        Closer(Arena arena) {
            this.arena = arena;
        }

        private int closeAndAdd(int a, int b) {
            thrown = catchThrowable(arena::close);
            return add(a, b);
        }
    }

    @Test
    void aTargetCannotCloseTheArenaOfTheStubThatCallsIt() throws Throwable {
        MethodHandle call = Linker.nativeLinker().downcallHandle(BINARY);
        for (UpcallLinker linker : UpcallLinker.LINKERS) {
            try (Arena arena = Arena.ofConfined()) {
                Closer closer = new Closer(arena);
                MethodHandle target = MethodHandles.lookup().bind(closer, "closeAndAdd", BINARY.toMethodType());
                MemorySegment stub = GOOD.withArena(arena).withTarget(target).make(linker);

                assertThat((int) call.invokeExact(stub, 1, 2)).isEqualTo(3);

                assertThat(closer.thrown).as("%s", linker).isInstanceOf(IllegalStateException.class);
            }
        }
    }

    private static final FunctionDescriptor TAKES_STRUCT = FunctionDescriptor
            .of(JAVA_INT, MemoryLayout.structLayout(JAVA_INT, JAVA_INT), ADDRESS, ADDRESS.withTargetLayout(LONG_LONG));

    /** Keeps what it gets. */
    private static final class Keeper {
        private List<MemorySegment> kept = List.of();

        private int keep(MemorySegment... segments) {
            kept = List.of(segments);
            return 0;
        }
    }

    @Test
    void aStructLivesAsLongAsTheCallAndAPointerForEver() throws Throwable {
        MethodHandle call = Linker.nativeLinker().downcallHandle(TAKES_STRUCT);
        for (UpcallLinker linker : UpcallLinker.LINKERS) {
            try (Arena arena = Arena.ofConfined()) {
                Keeper keeper = new Keeper();
                MethodHandle target = MethodHandles.lookup()
                        .bind(keeper, "keep", MethodType.methodType(int.class, MemorySegment[].class))
                        .asCollector(MemorySegment[].class, 3);
                MemorySegment stub = linker.upcallStub(target, TAKES_STRUCT, arena);
                MemorySegment argument = arena.allocate(16);

                int _ = (int) call.invokeExact(stub, argument, argument, argument);

                assertThat(keeper.kept).as("%s", linker).extracting(segment -> segment.scope().isAlive())
                        .containsExactly(false, true, true);
                assertThat(keeper.kept).as("%s", linker).extracting(MemorySegment::byteSize)
                        .containsExactly(8L, 0L, 8L);
            }
        }
    }

    /** Two stubs are two function pointers, even of one target. */
    @Test
    void everyStubHasAnAddressOfItsOwn() {
        for (UpcallLinker linker : UpcallLinker.LINKERS) {
            try (Arena arena = Arena.ofConfined()) {
                List<Long> addresses = IntStream.range(0, 10)
                        .mapToObj(_ -> GOOD.withArena(arena).make(linker).address())
                        .toList();

                assertThat(addresses).as("%s", linker).doesNotHaveDuplicates();
            }
        }
    }

    @Test
    void layoutsOfEveryKindAreAcceptedByBoth() {
        for (ValueLayout value : List.of(JAVA_BYTE, JAVA_SHORT, JAVA_INT, LONG_LONG, ADDRESS)) {
            for (MemoryLayout layout : List.of(value, value.withName("named"), CLayouts.struct(value, JAVA_BYTE),
                    CLayouts.union(value, array(9, JAVA_BYTE)), CLayouts.struct(array(0, LONG_LONG), value),
                    CLayouts.struct(value, MemoryLayout.structLayout()), MemoryLayout.structLayout(),
                    MemoryLayout.unionLayout(), MemoryLayout.structLayout(array(0, value)),
                    ADDRESS.withTargetLayout(array(3, value)),
                    ADDRESS.withTargetLayout(MemoryLayout.structLayout(JAVA_BYTE, JAVA_INT_UNALIGNED)))) {
                FunctionDescriptor function = FunctionDescriptor.of(value, layout);
                Input input = GOOD.withFunction(function);

                var outcome = assertThat(input.outcome(UpcallLinker.SALTO)).as("%s", layout);
                if (JdkFaults.of(function).isEmpty()) {
                    outcome.isEqualTo(input.outcome(UpcallLinker.JDK)).isEqualTo("a stub");
                } else {
                    // Where the JDK makes a stub that goes wrong, Salto may make none.
                    outcome.isIn(input.outcome(UpcallLinker.JDK), IllegalArgumentException.class);
                }
            }
        }
    }
}
