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

import java.lang.foreign.AddressLayout;
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
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/**
 * Differential test: for random signatures, native code passes the same random arguments to the JDK's own upcall stub and to a closure, and
 * both have to see and return the same bits.
 */
final class SignatureProperties {
    private static final List<ValueLayout> INTEGERS = List.of(JAVA_BOOLEAN, JAVA_BYTE, JAVA_CHAR, JAVA_SHORT, JAVA_INT,
            JAVA_LONG, ADDRESS);
    private static final List<ValueLayout> FLOATS = List.of(JAVA_FLOAT, JAVA_DOUBLE);

    @Property(tries = 150, seed = "20261120")
    void aClosureSeesAndReturnsWhatTheJdksStubDoes(@ForAll("signatures") FunctionDescriptor signature,
            @ForAll long seed)
            throws Throwable {
        compare(signature, seed);
    }

    /** Every number of integers that a closure can have, with floating-point numbers in registers, and on the stack too. */
    @Example
    void zeroToFiveIntegersAndAnyNumberOfDoublesWork() throws Throwable {
        for (int integers = 0; integers <= 5; integers++) {
            for (int doubles : new int[]{0, 1, 7, 8, 9, 20}) {
                List<MemoryLayout> parameters = new ArrayList<>(Collections.nCopies(integers, JAVA_INT));
                parameters.addAll(Collections.nCopies(doubles, JAVA_DOUBLE));
                compare(FunctionDescriptor.of(JAVA_DOUBLE, parameters.toArray(MemoryLayout[]::new)),
                        integers * 100 + doubles);
            }
        }
    }

    private static void compare(FunctionDescriptor signature, long seed) throws Throwable {
        Object[] arguments = randomValues(signature.argumentLayouts(), new Random(seed));
        Optional<Object> result = signature.returnLayout().map(layout -> randomValue(layout, new Random(~seed)));
        Recorder recorder = new Recorder(result);
        MethodHandle target = recorder.handle(signature);
        RuntimeInterface function = RuntimeInterface.define(signature.toMethodType());
        ClosureType<Object> type = ClosureType.of(function.type(), signature);

        MethodHandle call = Linker.nativeLinker().downcallHandle(signature);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stub = Linker.nativeLinker().upcallStub(target, signature, arena);
            Object fromStub = call(call, stub, arguments);
            List<Object> seenByStub = recorder.takeSeen();

            Object fromClosure = call(call, type.bind(function.implementedBy(target), arena), arguments);
            List<Object> seenByClosure = recorder.takeSeen();

            assertThat(seenByClosure).isEqualTo(seenByStub).isEqualTo(bits(arguments));
            assertThat(fromClosure).isEqualTo(fromStub);
        }
    }

    private static Object call(MethodHandle call, MemorySegment function, Object[] arguments) throws Throwable {
        List<Object> all = new ArrayList<>();
        all.add(function);
        all.addAll(List.of(arguments));
        Object result = call.invokeWithArguments(all);
        return result == null ? "void" : bits(result);
    }

    /** Up to five integers and twelve floating-point numbers, in any order, and any result. */
    @Provide
    Arbitrary<FunctionDescriptor> signatures() {
        Arbitrary<List<ValueLayout>> integers = Arbitraries.of(INTEGERS).list().ofMaxSize(5);
        Arbitrary<List<ValueLayout>> floats = Arbitraries.of(FLOATS).list().ofMaxSize(12);
        Arbitrary<List<ValueLayout>> parameters = Combinators.combine(integers, floats)
                .as((i, f) -> {
                    List<ValueLayout> all = new ArrayList<>(i);
                    all.addAll(f);
                    return all;
                })
                .flatMap(all -> Arbitraries.shuffle(all));
        List<ValueLayout> results = new ArrayList<>(INTEGERS);
        results.addAll(FLOATS);
        Arbitrary<Optional<ValueLayout>> result = Arbitraries.of(results).optional();
        return Combinators.combine(parameters, result).as((p, r) -> {
            MemoryLayout[] layouts = p.toArray(MemoryLayout[]::new);
            return r.map(layout -> FunctionDescriptor.of(layout, layouts))
                    .orElseGet(() -> FunctionDescriptor.ofVoid(layouts));
        });
    }

    private static Object[] randomValues(List<MemoryLayout> layouts, Random random) {
        return layouts.stream().map(layout -> randomValue(layout, random)).toArray();
    }

    private static Object randomValue(MemoryLayout layout, Random random) {
        return switch ((ValueLayout) layout) {
            case ValueLayout.OfBoolean _ -> random.nextBoolean();
            case ValueLayout.OfByte _ -> (byte) random.nextInt();
            case ValueLayout.OfChar _ -> (char) random.nextInt();
            case ValueLayout.OfShort _ -> (short) random.nextInt();
            case ValueLayout.OfInt _ -> random.nextInt();
            case ValueLayout.OfLong _ -> random.nextLong();
            case ValueLayout.OfFloat _ -> Float.intBitsToFloat(random.nextInt());
            case ValueLayout.OfDouble _ -> Double.longBitsToDouble(random.nextLong());
            case AddressLayout _ -> MemorySegment.ofAddress(random.nextLong());
        };
    }

    private static List<Object> bits(Object[] values) {
        return List.of(values).stream().map(SignatureProperties::bits).toList();
    }

    /** A value that is equal only to one with the same bits. */
    private static Object bits(Object value) {
        return switch (value) {
            case Float f -> Float.floatToRawIntBits(f);
            case Double d -> Double.doubleToRawLongBits(d);
            default -> value;
        };
    }

    /** A target that remembers what it was called with. */
    private static final class Recorder {
        private final Optional<Object> result;
        private List<Object> seen = List.of();

        Recorder(Optional<Object> result) {
            this.result = result;
        }

        @SuppressWarnings("UnusedMethod") // reached through a method handle
        @Nullable
        Object record(Object... arguments) {
            seen = bits(arguments);
            return result.orElse(null);
        }

        List<Object> takeSeen() {
            List<Object> taken = seen;
            seen = List.of("was not called");
            return taken;
        }

        MethodHandle handle(FunctionDescriptor signature) throws ReflectiveOperationException {
            return MethodHandles.lookup().bind(this, "record", MethodType.methodType(Object.class, Object[].class))
                    .asCollector(Object[].class, signature.argumentLayouts().size())
                    .asType(signature.toMethodType());
        }
    }
}
