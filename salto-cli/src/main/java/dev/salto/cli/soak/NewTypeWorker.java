// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

import static dev.salto.text.callers.CTypes.DOUBLE;
import static dev.salto.text.callers.CTypes.LONG_LONG;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.ArgumentHandler;
import dev.salto.Arguments;
import dev.salto.CallHandler;
import dev.salto.CallInterface;
import dev.salto.Closure;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Makes new function types, which take new tables, while the soak warms up. Later it uses the types
 * that exist.
 */
final class NewTypeWorker implements Worker {
    private static final int MOST_TYPES = 60;
    private static final int MOST_PARAMETERS = 10;
    private static final int MOST_CLOSURES = 2_000;
    private static final int CALLED = 20;
    private static final List<ValueLayout> LAYOUTS = List.of(JAVA_INT, LONG_LONG, JAVA_FLOAT, DOUBLE);

    private final Map<FunctionDescriptor, CallInterface> types = new LinkedHashMap<>();
    private final SplittableRandom random;
    private final Ledger ledger;
    private final Growth growth;

    NewTypeWorker(SplittableRandom random, Ledger ledger, Growth growth) {
        this.random = random;
        this.ledger = ledger;
        this.growth = growth;
        add();
    }

    @Override
    public void round() {
        if (types.size() < MOST_TYPES) {
            growth.tryGrow(this::add);
        }
        List<CallInterface> known = List.copyOf(types.values());
        use(known.get(random.nextInt(known.size())), random.nextInt(1, MOST_CLOSURES + 1));
    }

    /**
     * The first time with as many closures as there will ever be, and those in quarantine, of each
     * kind of handler.
     */
    private void add() {
        MemoryLayout[] parameters = Stream.generate(this::anyLayout).limit(random.nextInt(MOST_PARAMETERS + 1))
                .toArray(MemoryLayout[]::new);
        FunctionDescriptor function = FunctionDescriptor.of(anyLayout(), parameters);
        if (!types.containsKey(function)) {
            CallInterface type = CallInterface.prepare(function);
            types.put(function, type);
            ledger.add(Work.TYPE, 1);
            use(type, MOST_CLOSURES + 2 * Room.QUARANTINE);
        }
    }

    private ValueLayout anyLayout() {
        return LAYOUTS.get(random.nextInt(LAYOUTS.size()));
    }

    private void use(CallInterface type, int count) {
        List<Closure<?>> closures = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            closures.add(i % 2 == 0 ? bindBoxed(type, i) : bindReading(type, i));
        }
        MethodHandle call = Linker.nativeLinker().downcallHandle(type.descriptor());
        for (int i = 0; i < CALLED; i++) {
            int number = random.nextInt(count);
            call(call.bindTo(closures.get(number).address()), type, number);
        }
        closures.forEach(Closure::close);
        ledger.add(Work.CYCLE, count);
    }

    private static Closure<CallHandler> bindBoxed(CallInterface type, double number) {
        return type.bindBoxed((called, arguments) -> box(called.callInterface().methodType().returnType(),
                number + weigh(numbers(arguments))));
    }

    private static Closure<ArgumentHandler> bindReading(CallInterface type, double number) {
        return type.bind(arguments -> {
            double[] values = IntStream.range(0, arguments.count()).mapToDouble(i -> read(arguments, i)).toArray();
            answer(arguments, number + weigh(values));
        });
    }

    private void call(MethodHandle function, CallInterface type, int number) {
        Object[] arguments = type.methodType().parameterList().stream()
                .map(parameter -> box(parameter, random.nextInt(100)))
                .toArray();
        try {
            Object answer = function.invokeWithArguments(arguments);
            ledger.called(type.toString(), ((Number) answer).doubleValue(), number + weigh(numbers(arguments)));
        } catch (Throwable e) {
            ledger.wrong("%s: %s".formatted(type, e));
        }
    }

    /** Small whole numbers, so that even a float is exact. */
    private static double weigh(double[] values) {
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += (i + 1) * values[i];
        }
        return sum;
    }

    private static double[] numbers(Object[] arguments) {
        return Arrays.stream(arguments).mapToDouble(argument -> ((Number) argument).doubleValue()).toArray();
    }

    private static double read(Arguments arguments, int index) {
        Class<?> type = arguments.callInterface().methodType().parameterType(index);
        if (type == int.class) {
            return arguments.getInt(index);
        }
        if (type == long.class) {
            return arguments.getLong(index);
        }
        return type == float.class ? arguments.getFloat(index) : arguments.getDouble(index);
    }

    private static void answer(Arguments arguments, double value) {
        Class<?> type = arguments.callInterface().methodType().returnType();
        if (type == int.class) {
            arguments.setReturn((int) value);
        } else if (type == long.class) {
            arguments.setReturn((long) value);
        } else if (type == float.class) {
            arguments.setReturn((float) value);
        } else {
            arguments.setReturn(value);
        }
    }

    private static Object box(Class<?> type, double value) {
        if (type == int.class) {
            return (int) value;
        }
        if (type == long.class) {
            return (long) value;
        }
        return type == float.class ? (Object) (float) value : (Object) value;
    }
}
