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
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Data;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.FromData;
import net.jqwik.api.Property;
import net.jqwik.api.Tuple.Tuple1;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * Differential test for random signatures. Native code passes the same random arguments to the
 * JDK's own upcall stub and to a closure. Both have to see and return the same bits.
 */
final class SignatureProperties {
    private static final List<ValueLayout> INTEGERS = List.of(JAVA_BOOLEAN, JAVA_BYTE, JAVA_CHAR, JAVA_SHORT, JAVA_INT,
            LONG_LONG, ADDRESS);
    private static final List<ValueLayout> FLOATS = List.of(JAVA_FLOAT, DOUBLE);
    private static final LeftOut LEFT_OUT = new LeftOut();

    /** A callback's type, printed as in C. */
    record Signature(FunctionDescriptor function, long seed) {
        @Override
        public String toString() {
            return Values.describe(function);
        }
    }

    @Data
    Iterable<Tuple1<Signature>> signatures() {
        return Sample.random("closures", Sample.tries(150), SignatureProperties::signature);
    }

    @Property(tries = Integer.MAX_VALUE)
    @FromData("signatures")
    void aClosureSeesAndReturnsWhatTheJdksStubDoes(@ForAll Signature signature) throws Throwable {
        compare(signature.function(), signature.seed());
    }

    /**
     * Every number of integers that a closure can have, with floating-point numbers in registers,
     * and on the stack too.
     */
    @Example
    void zeroToFiveIntegersAndAnyNumberOfDoublesWork() throws Throwable {
        for (int integers : Sample.most(List.of(0, 1, 2, 3, 4, 5), "integers")) {
            for (int doubles : Sample.some(List.of(0, 1, 7, 8, 9, 20), 3, integers)) {
                List<MemoryLayout> parameters = new ArrayList<>(Collections.nCopies(integers, JAVA_INT));
                parameters.addAll(Collections.nCopies(doubles, DOUBLE));
                compare(FunctionDescriptor.of(DOUBLE, parameters.toArray(MemoryLayout[]::new)),
                        integers * 100 + doubles);
            }
        }
    }

    @AfterContainer
    static void sayWhatIsLeftOut() {
        LEFT_OUT.print();
    }

    private static void compare(FunctionDescriptor signature, long seed) throws Throwable {
        Sample.compared();
        RuntimeInterface function = RuntimeInterface.define(signature.toMethodType());
        ClosureType<Object> type = ClosureType.of(function.type(), signature);

        MethodHandle call = Linker.nativeLinker().downcallHandle(signature);
        try (Arena arena = Arena.ofConfined()) {
            Object[] arguments = Values.random(signature.argumentLayouts(), new Random(seed), arena);
            Object result = signature.returnLayout()
                    .map(layout -> Values.random(layout, new Random(~seed), arena))
                    .orElse(null);
            Recorder recorder = new Recorder(signature, result);
            MethodHandle target = recorder.handle();
            List<Object> passed = Values.bits(signature.argumentLayouts(), arguments);
            Object returned = Values.bitsOfResult(signature, result);

            if (Sample.isFull() && !LEFT_OUT.count("signatures not compared with the JDK's stub",
                    JdkFaults.ofItsOwnStubs(signature))) {
                MemorySegment stub = Linker.nativeLinker().upcallStub(target, signature, arena);
                Object fromStub = call(call, stub, signature, arguments);
                assertThat(recorder.takeSeen()).as("the JDK's stub sees of %s", signature).isEqualTo(passed);
                assertThat(fromStub).as("the JDK's stub returns from %s", signature).isEqualTo(returned);
            }
            MemorySegment closure = type.bind(function.implementedBy(target), arena);
            Object fromClosure = call(call, closure, signature, arguments);
            assertThat(recorder.takeSeen()).as("the closure sees of %s", signature).isEqualTo(passed);
            assertThat(fromClosure).as("the closure returns from %s", signature).isEqualTo(returned);
        }
    }

    private static Object call(MethodHandle call, MemorySegment function, FunctionDescriptor signature,
            Object[] arguments)
            throws Throwable {
        List<Object> all = new ArrayList<>();
        all.add(function);
        all.addAll(List.of(arguments));
        return Values.bitsOfResult(signature, call.invokeWithArguments(all));
    }

    /** Up to five integers and twelve floating-point numbers, in any order, and any result. */
    private static Signature signature(Random random) {
        List<MemoryLayout> parameters = new ArrayList<>();
        addSome(parameters, INTEGERS, random.nextInt(6), random);
        addSome(parameters, FLOATS, random.nextInt(13), random);
        Collections.shuffle(parameters, random);
        MemoryLayout[] layouts = parameters.toArray(MemoryLayout[]::new);
        List<MemoryLayout> result = new ArrayList<>();
        addSome(result, Stream.concat(INTEGERS.stream(), FLOATS.stream()).toList(), random.nextInt(10) == 0 ? 0 : 1,
                random);
        FunctionDescriptor function = result.isEmpty()
                ? FunctionDescriptor.ofVoid(layouts)
                : FunctionDescriptor.of(result.getFirst(), layouts);
        return new Signature(function, random.nextLong());
    }

    private static void addSome(List<MemoryLayout> chosen, List<ValueLayout> all, int count, Random random) {
        for (int i = 0; i < count; i++) {
            chosen.add(all.get(random.nextInt(all.size())));
        }
    }
}
