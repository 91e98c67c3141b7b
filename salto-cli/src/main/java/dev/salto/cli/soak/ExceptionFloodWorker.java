// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.Callbacks;
import dev.salto.Closure;
import dev.salto.ClosureOption;
import dev.salto.ClosureType;
import dev.salto.ExceptionPolicy;
import dev.salto.text.callers.Callers;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandles;
import java.util.function.IntBinaryOperator;
import org.jspecify.annotations.Nullable;

/** Lets callbacks throw by the hundred thousand, exceptions whose own methods fail. */
final class ExceptionFloodWorker implements Worker {
    private static final int CALLS = 100_000;
    private static final int UNCAUGHT_CALLS = 5_000;
    private static final int VALUE = 9;

    private interface Flooding extends IntBinaryOperator {}

    private final Closure<Flooding> closure;
    private final Ledger ledger;
    private int runs;

    ExceptionFloodWorker(Ledger ledger) {
        this.ledger = ledger;
        closure = ClosureType
                .<Flooding>of(MethodHandles.lookup(), Flooding.class,
                        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT),
                        ClosureOption.onException(ExceptionPolicy.returnValue(VALUE)))
                .bind(this::fail);
        ledger.add(Work.CYCLE, 1);
    }

    private int fail(int a, int b) {
        runs++;
        ledger.add(Work.EXCEPTION, 1);
        throw new Hostile();
    }

    @Override
    public void round() {
        Thread.currentThread().setUncaughtExceptionHandler((_, exception) -> {
            throw (RuntimeException) exception;
        });
        runs = 0;
        ledger.called("a callback that always throws", Callers.callRepeatedly(closure.address(), UNCAUGHT_CALLS, 5),
                VALUE);
        ledger.called("runs of a callback that always throws", runs, UNCAUGHT_CALLS);
        runs = 0;
        try {
            int answer = Callbacks.callAndRethrow(() -> Callers.callRepeatedly(closure.address(), CALLS, 5));
            ledger.wrong("an exception was lost, and the answer was %d".formatted(answer));
        } catch (Hostile e) {
            ledger.called("suppressed exceptions", e.getSuppressed().length, 0);
        }
        ledger.called("runs of a callback while its exception is pending", runs, 1);
    }

    @Override
    public void close() {
        closure.close();
    }

    /** All its methods fail. */
    @SuppressWarnings("ThrowableEqualsHashCode")
    private static final class Hostile extends RuntimeException {
        private static final long serialVersionUID = 1;

        Hostile() {
            super(null, null, true, false);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return false;
        }

        @Override
        public int hashCode() {
            throw new UnsupportedOperationException("hashCode");
        }

        @Override
        public String getMessage() {
            throw new UnsupportedOperationException("getMessage");
        }

        @Override
        public String toString() {
            throw new UnsupportedOperationException("toString");
        }
    }
}
