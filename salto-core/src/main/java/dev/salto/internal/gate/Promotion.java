// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.internal.table.SlotPool;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Gives classes of objects that are called often a gate of their own. A dispatcher has one type profile for all objects of its signature. Up to two classes of
 * them the JIT compiler inlines; with more, each call costs some nanoseconds more than that of an upcall stub, which knows its object. The dispatcher of a promoted class is the
 * same code again, defined as a class of its own, so that its profile knows one class only.
 *
 * <p>A signature begins with one gate and pays nothing for this. When objects of a third class are bound, its trampolines are led through a gate that
 * counts a part of the calls by class. A class that has proven hot gets its gate from a thread in the background, and its closures are switched over by one store each. There is a
 * limit to their number, and when it is reached, nothing is counted any more.
 */
final class Promotion implements SlotPool.Classes {
    /** The system property that says how many classes of a signature may have a gate of their own. */
    private static final String LIMIT = "dev.salto.promotion";

    private static final int DEFAULT_LIMIT = 8;

    /** How many there may be in all: each takes an upcall stub, a class and a table. */
    private static final int LIMIT_OF_PROCESS = 256;

    /** One call of so many is looked at. A prime, so that classes that are called in turn are all seen. */
    private static final int SAMPLED = 251;

    /** How many calls of a class have to be looked at. */
    private static final int HOT = 32;

    /** Counters for as many threads at a time, each in a cache line of its own. Powers of two. */
    private static final int COUNTERS = 16;
    private static final int COUNTER_SIZE = 16;

    private static final AtomicInteger MADE = new AtomicInteger();

    private final Dispatcher.Recipe recipe;
    private final SlotPool pool;
    private final int limit;

    /** How many calls there are before the next one that is looked at. */
    private final int[] left = new int[COUNTERS * COUNTER_SIZE];

    /** How many calls of each class were looked at; -1 for those that are promoted, or are not going to be. */
    private final Map<Class<?>, Integer> samples = new WeakHashMap<>();

    private int promoted;

    private Promotion(Dispatcher.Recipe recipe, SlotPool pool, int limit) {
        this.recipe = recipe;
        this.pool = pool;
        this.limit = limit;
    }

    /** Has the classes of a pool promoted, unless the user does not want that. */
    static void of(Dispatcher.Recipe recipe, SlotPool pool) {
        int limit = Integer.getInteger(LIMIT, DEFAULT_LIMIT);
        if (limit > 0) {
            pool.setClasses(new Promotion(recipe, pool, limit));
        }
    }

    @Override
    public void areMixed() {
        inBackground(() -> pool.setGate(gate(this)));
    }

    /** Counts a call, at a cost of about a nanosecond. */
    void count(@Nullable Object target) {
        int place = ((int) Thread.currentThread().threadId() & (COUNTERS - 1)) * COUNTER_SIZE;
        // By races, if several threads share a counter; then it goes a little slower.
        if (--left[place] < 0) {
            left[place] = SAMPLED - 1;
            if (target != null) {
                sample(target.getClass());
            }
        }
    }

    private synchronized void sample(Class<?> type) {
        int count = samples.getOrDefault(type, 0);
        if (count < 0) {
            return;
        }
        if (++count < HOT) {
            samples.put(type, count);
            return;
        }
        samples.put(type, -1);
        inBackground(() -> promote(type));
    }

    private void promote(Class<?> type) {
        if (promoted < limit && MADE.get() < LIMIT_OF_PROCESS && pool.promote(type, () -> gate(null))) {
            promoted++;
            MADE.incrementAndGet();
        }
        if (promoted == limit || MADE.get() >= LIMIT_OF_PROCESS) {
            pool.setOwnGate();
        }
    }

    private long gate(@Nullable Promotion counted) {
        MemorySegment stub = Linker.nativeLinker().upcallStub(recipe.make(counted),
                recipe.function().appendArgumentLayouts(JAVA_INT), Arena.global());
        Gate.countMade();
        return stub.address();
    }

    /** What fails, for want of memory for code, say, is not tried again: everything works without it. */
    private void inBackground(Runnable step) {
        try {
            Background.run(() -> {
                try {
                    step.run();
                } catch (RuntimeException | Error e) {
                    pool.setOwnGate();
                }
            });
        } catch (RuntimeException | Error e) {
            // No thread to be had.
            pool.setClasses(null);
        }
    }
}
