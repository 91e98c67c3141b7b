// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import static dev.salto.text.callers.CTypes.DOUBLE;
import static dev.salto.text.callers.CTypes.LONG_LONG;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.salto.text.callers.SignatureCallers;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Callbacks that compiled C calls with every struct of one or two members: {@code structs.c}. The
 * structs are plain and packed, some have no byte, and some have arrays without elements. Where a
 * stub of the JDK would not see what C passes, a gate is refused, and data-driven closures answer.
 */
@Tag("port")
final class SmallStructsTest {
    private static final List<SignatureCallers> LEVELS = SignatureCallers.atEachLevel("structs");

    private static final Pattern EMPTY_PART = Pattern.compile("^empty$|^plain.*none|array");

    /** The types of members by their names in C. */
    private static final Map<String, MemoryLayout> MEMBERS = new LinkedHashMap<>();

    static {
        MEMBERS.put("byte", JAVA_BYTE);
        MEMBERS.put("boolean", JAVA_BOOLEAN);
        MEMBERS.put("short", JAVA_SHORT);
        MEMBERS.put("int", JAVA_INT);
        MEMBERS.put("long_long", LONG_LONG);
        MEMBERS.put("float", JAVA_FLOAT);
        MEMBERS.put("double", DOUBLE);
        MEMBERS.put("pointer", ADDRESS);
        MEMBERS.put("none", MemoryLayout.structLayout());
    }

    /** The types of members beside arrays without elements, and of those arrays. */
    private static final List<String> BESIDE_ARRAYS = List.of("byte", "int", "float", "double");

    /** A struct's name in C, and its layout. */
    record Struct(String name, StructLayout layout) {
        static Struct of(boolean isPacked, String... members) {
            MemoryLayout[] layouts = Arrays.stream(members).map(MEMBERS::get)
                    .map(member -> isPacked ? member.withByteAlignment(1) : member)
                    .toArray(MemoryLayout[]::new);
            return new Struct((isPacked ? "packed_" : "plain_") + String.join("_", members), CLayouts.struct(layouts));
        }

        /** A member, and an array without elements behind it. */
        static Struct withEmptyArray(boolean isPacked, String member, String element) {
            MemoryLayout[] layouts = Stream.of(member, element).map(MEMBERS::get)
                    .map(each -> isPacked ? each.withByteAlignment(1) : each).toArray(MemoryLayout[]::new);
            return new Struct("%s_%s_array_%s".formatted(isPacked ? "packed" : "plain", member, element),
                    CLayouts.struct(layouts[0], MemoryLayout.sequenceLayout(0, layouts[1])));
        }

        MemorySegment variable(SignatureCallers level, String suffix) {
            return level.find(name + suffix).orElseThrow().reinterpret(layout.byteSize());
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Struct> structs() {
        Stream<Struct> all = Stream.of(false, true).flatMap(isPacked -> MEMBERS.keySet().stream()
                .flatMap(first -> Stream.concat(Stream.of(Struct.of(isPacked, first)),
                        MEMBERS.keySet().stream().map(second -> Struct.of(isPacked, first, second)))));
        Stream<Struct> withArray = Stream.of(false, true).flatMap(isPacked -> BESIDE_ARRAYS.stream()
                .flatMap(member -> BESIDE_ARRAYS.stream()
                        .map(element -> Struct.withEmptyArray(isPacked, member, element))));
        return Stream.of(Stream.of(new Struct("empty", MemoryLayout.structLayout())), all, withArray)
                .flatMap(each -> each).toList();
    }

    /** How C calls a callback with a struct: the callback's type, and what it gets and returns. */
    record Call(String name, FunctionDescriptor function, List<Object> arguments, Object result) {
        private static Call of(String name, MemoryLayout resultLayout, Object result, StructLayout struct,
                Object... arguments) {
            MemoryLayout[] layouts = Arrays.stream(arguments).map(argument -> switch (argument) {
                case Integer _ -> JAVA_INT;
                case Double _ -> DOUBLE;
                default -> struct;
            }).toArray(MemoryLayout[]::new);
            return new Call(name, FunctionDescriptor.of(resultLayout, layouts), List.of(arguments), result);
        }

        static List<Call> of(Struct struct, SignatureCallers level) {
            StructLayout layout = struct.layout();
            MemorySegment a = struct.variable(level, "_a");
            MemorySegment b = struct.variable(level, "_b");
            Object[] leading = Stream.concat(numbers(level, "leading_ints").mapToObj(i -> (Object) i),
                    numbers(level, "leading_doubles").mapToObj(i -> (Object) (i + 0.5))).toArray();
            return List.of(
                    of("_alone", layout, b, layout, a),
                    of("_for_double", DOUBLE, 0.1, layout, a),
                    of("_returned", layout, b, layout, 1, 2.5),
                    of("_between", JAVA_INT, 70, layout, 1, a, 2.5, b, -3),
                    of("_in_the_last_registers", JAVA_INT, 71, layout, behind(leading, a, -3, -4.5)),
                    of("_on_the_stack", DOUBLE, 0.2, layout, behind(leading, -1, -2, -1.5, -2.5, a, -3, -4.5)));
        }

        private static IntStream numbers(SignatureCallers level, String count) {
            return IntStream.rangeClosed(1,
                    level.find(count).orElseThrow().reinterpret(Integer.BYTES).get(JAVA_INT, 0));
        }

        private static Object[] behind(Object[] leading, Object... others) {
            return Stream.concat(Arrays.stream(leading), Arrays.stream(others)).toArray();
        }
    }

    /** Makes a function pointer of a method handle. */
    enum Kind {
        CLOSURE_TYPE {
            @Override
            MemorySegment bind(MethodHandle target, FunctionDescriptor function, Arena arena) {
                RuntimeInterface type = RuntimeInterface.define(function.toMethodType());
                return ClosureType.of(type.type(), function).bind(type.implementedBy(target), arena);
            }
        },
        TRACED_CLOSURE_TYPE {
            @Override
            MemorySegment bind(MethodHandle target, FunctionDescriptor function, Arena arena) {
                RuntimeInterface type = RuntimeInterface.define(function.toMethodType());
                return ClosureType.of(type.type(), function, ClosureOption.traceCloses(true))
                        .bind(type.implementedBy(target), arena);
            }
        },
        STATIC_LINKER {
            @Override
            MemorySegment bind(MethodHandle target, FunctionDescriptor function, Arena arena) {
                return StaticLinker.nativeLinker().upcallStub(target, function, arena);
            }
        },
        GATE_OF_CALL_HANDLER {
            @Override
            MemorySegment bind(MethodHandle target, FunctionDescriptor function, Arena arena) {
                return UpcallLinker.bind(CallInterface.prepare(function, ClosureOption.tier(Tier.GATE)), target, arena);
            }
        },
        GATE_OF_ARGUMENT_HANDLER {
            @Override
            MemorySegment bind(MethodHandle target, FunctionDescriptor function, Arena arena) {
                return CallInterface.prepare(function, ClosureOption.tier(Tier.GATE)).bind(reading(target, function),
                        arena);
            }
        },
        DATA_DRIVEN_CALL_HANDLER {
            @Override
            MemorySegment bind(MethodHandle target, FunctionDescriptor function, Arena arena) {
                return UpcallLinker.bind(CallInterface.prepare(function), target, arena);
            }
        },
        DATA_DRIVEN_ARGUMENT_HANDLER {
            @Override
            MemorySegment bind(MethodHandle target, FunctionDescriptor function, Arena arena) {
                return CallInterface.prepare(function).bind(reading(target, function), arena);
            }
        };

        abstract MemorySegment bind(MethodHandle target, FunctionDescriptor function, Arena arena);

        boolean isGate() {
            return this != DATA_DRIVEN_CALL_HANDLER && this != DATA_DRIVEN_ARGUMENT_HANDLER;
        }

        private static ArgumentHandler reading(MethodHandle target, FunctionDescriptor function) {
            return arguments -> {
                Object[] values = new Object[arguments.count()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = switch (function.argumentLayouts().get(i)) {
                        case ValueLayout.OfInt _ -> arguments.getInt(i);
                        case ValueLayout.OfDouble _ -> arguments.getDouble(i);
                        default -> arguments.getSegment(i);
                    };
                }
                switch (call(target, values)) {
                    case Integer i -> arguments.setReturn(i);
                    case Double d -> arguments.setReturn(d);
                    case Object segment -> arguments.setReturn((MemorySegment) segment);
                }
            };
        }

        private static Object call(MethodHandle target, Object... values) {
            try {
                return target.invokeWithArguments(values);
            } catch (Throwable e) {
                throw new IllegalStateException("the target failed", e);
            }
        }
    }

    /** Every run has those with something empty in them, unless the JVM only interprets. */
    private static List<Struct> structsOfThisRun() {
        List<Struct> withEmpty = structs().stream().filter(struct -> EMPTY_PART.matcher(struct.name()).find()).toList();
        List<Struct> others = structs().stream().filter(struct -> !withEmpty.contains(struct)).toList();
        return Stream.concat(Sample.most(withEmpty, "empty").stream(), Sample.some(others, 8, "structs").stream())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("structsOfThisRun")
    void everyKindOfClosureGetsWhatCPassesOrIsRefused(Struct struct) {
        List<String> wrong = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            for (SignatureCallers level : Sample.oneOf(LEVELS, struct + "" + kind)) {
                for (Call call : Call.of(struct, level)) {
                    check(struct, call, level, kind)
                            .ifPresent(what -> wrong.add(kind + struct.name() + call.name() + ": " + what));
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    /** The error in a call. */
    private static Optional<String> check(Struct struct, Call call, SignatureCallers level, Kind kind) {
        Sample.compared();
        FunctionDescriptor function = call.function();
        try (Arena arena = Arena.ofConfined()) {
            Recorder recorder = new Recorder(function, call.result());
            MemorySegment callback;
            try {
                callback = kind.bind(recorder.handle(), function, arena);
            } catch (IllegalArgumentException e) {
                return isRightlyRefused(struct, function, kind, e) ? Optional.empty() : Optional.of(e.toString());
            }
            MemorySegment stored = arena.allocate(64, 16).fill((byte) 0x5a);

            level.call(struct.name() + call.name(), callback, stored);

            MemoryLayout layout = function.returnLayout().orElseThrow();
            Object returned = CSignaturesTest.load(layout, stored.asSlice(0, layout.byteSize()));
            List<Object> expected = List.of(Values.bits(function.argumentLayouts(), call.arguments().toArray()),
                    Values.bits(layout, call.result()));
            List<Object> actual = List.of(recorder.takeSeen(), Values.bits(layout, returned));
            boolean isLeftAlone = stored.asSlice(layout.byteSize()).mismatch(
                    MemorySegment.ofArray(new byte[64]).fill((byte) 0x5a).asSlice(layout.byteSize())) == -1;
            return expected.equals(actual) && isLeftAlone
                    ? Optional.empty()
                    : Optional.of(actual + " instead of " + expected + (isLeftAlone ? "" : ", and what is behind"));
        }
    }

    /**
     * The JDK refuses members without their alignment. The message names the struct, or the part of
     * it that it is about, and what to do.
     */
    private static boolean isRightlyRefused(Struct struct, FunctionDescriptor function, Kind kind,
            IllegalArgumentException refusal) {
        boolean mayBe = struct.name().startsWith("packed") || JdkFaults.of(function).isPresent();
        return kind.isGate() && mayBe && String.valueOf(refusal.getMessage()).contains(struct.layout().toString())
                && String.valueOf(refusal.getMessage()).contains("CallInterface");
    }

    /** The thread in the background makes one gate after the other. */
    @Test
    void closuresThatNoGateCanAnswerStayDataDrivenHoweverOftenTheyAreCalled() throws Throwable {
        Assumptions.assumeFalse(JdkFaults.attachesForEachCall(), "the JDK has no linker here that makes faster gates");
        SignatureCallers level = LEVELS.getFirst();
        int calls = 6_000;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stored = arena.allocate(DOUBLE);
            MemorySegment ofNothing = bindCounting(MemoryLayout.structLayout(), arena);
            MemorySegment ofInt = bindCounting(MemoryLayout.structLayout(JAVA_INT), arena);
            callRepeatedly(level, "empty_for_double", ofNothing, stored, calls);
            assertThat(stored.get(DOUBLE, 0)).isEqualTo(calls);

            Gates.callUntilThereAre(Gates.made() + 1, () -> level.call("plain_int_for_double", ofInt, stored));

            callRepeatedly(level, "empty_for_double", ofNothing, stored, calls);

            assertThat(stored.get(DOUBLE, 0)).isEqualTo(2 * calls);
        }
    }

    /** A callback that returns how often it was called, as a {@code double}. */
    private static MemorySegment bindCounting(StructLayout struct, Arena arena) {
        AtomicInteger count = new AtomicInteger();
        return CallInterface.prepare(FunctionDescriptor.of(DOUBLE, struct))
                .bindBoxed((CallHandler) (_, _) -> (double) count.incrementAndGet(), arena);
    }

    private static void callRepeatedly(SignatureCallers level, String caller, MemorySegment callback,
            MemorySegment stored, int calls) {
        for (int i = 0; i < calls; i++) {
            level.call(caller, callback, stored);
        }
    }

    @Tag("linux") // on Windows, the JDK does as C does
    @Test
    void aGateOfWhatTheJdkDoesNotAnswerAsCDoesIsRefusedWithTheStructAndTheRemedy() {
        FunctionDescriptor function = FunctionDescriptor.of(DOUBLE, MemoryLayout.structLayout());
        MethodHandle target = MethodHandles.empty(function.toMethodType());
        try (Arena arena = Arena.ofConfined()) {
            List<ThrowingCallable> gates = List.of(
                    () -> ClosureType.of(RuntimeInterface.define(function.toMethodType()).type(), function),
                    () -> StaticLinker.nativeLinker().upcallStub(target, function, arena),
                    () -> CallInterface.prepare(function, ClosureOption.tier(Tier.GATE)));
            for (ThrowingCallable gate : gates) {
                assertThatThrownBy(gate).isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContainingAll(MemoryLayout.structLayout().toString(), "CallInterface",
                                "Tier.DATA_DRIVEN", "pointer");
            }
        }
    }
}
