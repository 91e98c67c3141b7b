// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** The counts of operations, and the errors. All methods may be called from any thread. */
final class Ledger {
    /** One fault can appear a million times. */
    private static final int MOST_DESCRIBED = 20;

    private final Map<Work, LongAdder> done = new EnumMap<>(Work.class);
    private final LongAdder wrong = new LongAdder();
    private final List<String> descriptions = new ArrayList<>();

    Ledger() {
        for (Work work : Work.values()) {
            done.put(work, new LongAdder());
        }
    }

    void add(Work work, long amount) {
        adder(work).add(amount);
    }

    long count(Work work) {
        return adder(work).sum();
    }

    private LongAdder adder(Work work) {
        LongAdder adder = done.get(work);
        if (adder == null) {
            throw new AssertionError(work);
        }
        return adder;
    }

    /** Records a fault. */
    void wrong(String description) {
        wrong.increment();
        synchronized (descriptions) {
            if (descriptions.size() < MOST_DESCRIBED) {
                descriptions.add(description);
            }
        }
    }

    /** Counts a call, and records it if its answer is wrong. */
    void called(String what, double answer, double expected) {
        add(Work.CALL, 1);
        if (answer != expected) {
            wrong("%s answered %s instead of %s".formatted(what, answer, expected));
        }
    }

    /** The number of faults. */
    long wrongCount() {
        return wrong.sum();
    }

    /** The first of them. */
    List<String> descriptions() {
        synchronized (descriptions) {
            return List.copyOf(descriptions);
        }
    }
}
