// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.CallbackFailure;
import dev.salto.Callbacks;
import dev.salto.Closure;
import dev.salto.ClosureOption;
import dev.salto.ClosureType;
import dev.salto.ExceptionPolicy;
import dev.salto.text.callers.Callers;
import dev.salto.text.callers.NativeThread;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntBinaryOperator;
import java.util.function.IntUnaryOperator;

/**
 * Lets callbacks throw, with each policy that lets the process live, on its own thread and on
 * native ones.
 */
final class ExceptionWorker implements Worker {
    private static final int CLOSURES = 50;
    private static final int VALUE = -77;
    private static final int CALLS_IN_THREAD = 500;

    private interface Throwing extends IntBinaryOperator {}

    /** @param result the result for native code, from the number of the exception */
    private record Policy(ClosureType<Throwing> type, IntUnaryOperator result) {}

    private final List<Policy> policies;
    private final LongAdder uncaught = new LongAdder();
    private final MemorySegment function = Arena.ofAuto().allocate(ADDRESS);
    private final SplittableRandom random;
    private final Ledger ledger;

    ExceptionWorker(SplittableRandom random, Ledger ledger) {
        this.random = random;
        this.ledger = ledger;
        policies = List.of(new Policy(type(ExceptionPolicy.returnZero()), _ -> 0),
                new Policy(type(ExceptionPolicy.returnValue(VALUE)), _ -> VALUE),
                new Policy(type(ExceptionPolicy.handleBy(this::half)), number -> number / 2));
        policies.forEach(policy -> Room.make(policy.type(), (_, _) -> 1, CLOSURES, ledger));
    }

    private static ClosureType<Throwing> type(ExceptionPolicy policy) {
        return ClosureType.of(MethodHandles.lookup(), Throwing.class,
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), ClosureOption.onException(policy));
    }

    private int half(CallbackFailure failure) {
        PlannedException exception = (PlannedException) failure.exception();
        if (!failure.isRethrown()) {
            noteUncaught(Thread.currentThread(), exception);
        }
        return exception.number() / 2;
    }

    /** Throws if the first argument is odd. */
    private Throwing target(int number) {
        return (a, b) -> {
            if (a % 2 == 0) {
                return a + b + number;
            }
            Thread.currentThread().setUncaughtExceptionHandler(this::noteUncaught);
            ledger.add(Work.EXCEPTION, 1);
            throw new PlannedException(number);
        };
    }

    private void noteUncaught(Thread thread, Throwable exception) {
        if (exception instanceof PlannedException) {
            uncaught.increment();
        } else {
            ledger.wrong("%s on %s".formatted(exception, thread));
        }
    }

    @Override
    public void round() {
        Policy policy = policies.get(random.nextInt(policies.size()));
        int first = random.nextInt(1 << 20);
        for (int number = first; number < first + CLOSURES; number++) {
            try (Closure<Throwing> closure = policy.type().bind(target(number))) {
                callHere(closure.address(), number, policy);
                if (number == first) {
                    callInThread(closure.address(), number, policy);
                }
            }
        }
        ledger.add(Work.CYCLE, CLOSURES);
    }

    private void callHere(MemorySegment closure, int number, Policy policy) {
        long before = uncaught.sum();
        ledger.called("a callback that throws sometimes", Callers.callRepeatedly(closure, 1, 4), 4 + number);
        ledger.called("a callback that throws", Callers.callRepeatedly(closure, 1, 5),
                policy.result().applyAsInt(number));
        checkUncaught(before, 1);
        try {
            int answer = Callbacks.callAndRethrow(() -> Callers.callRepeatedly(closure, 1, 5));
            ledger.wrong("an exception was lost, and the answer was %d".formatted(answer));
        } catch (PlannedException e) {
            ledger.called("a rethrown exception", e.number(), number);
        }
        checkUncaught(before, 1);
    }

    private void callInThread(MemorySegment closure, int number, Policy policy) {
        long before = uncaught.sum();
        function.set(ADDRESS, 0, closure);
        long sum = NativeThread.start(function, 1, CALLS_IN_THREAD, 5).join();
        ledger.add(Work.NATIVE_THREAD, 1);
        ledger.add(Work.CALL, CALLS_IN_THREAD);
        long expected = (long) CALLS_IN_THREAD * policy.result().applyAsInt(number);
        if (sum != expected) {
            ledger.wrong(
                    "callbacks that throw on a native thread added up to %d instead of %d".formatted(sum, expected));
        }
        checkUncaught(before, CALLS_IN_THREAD);
    }

    private void checkUncaught(long before, long expected) {
        long passed = uncaught.sum() - before;
        if (passed != expected) {
            ledger.wrong("%d instead of %d exceptions went to a handler".formatted(passed, expected));
        }
    }
}
