// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.gate;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.salto.internal.table.ClassListener;
import dev.salto.internal.table.KindSlots;
import dev.salto.internal.table.Tables;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gives types with objects of many classes a better gate. A dispatcher has one type profile for all
 * objects of its signature, and the JIT compiler inlines up to two classes. With more, a call costs
 * some nanoseconds more than an upcall stub, which knows its object.
 *
 * <p>A type begins with one gate and pays nothing for this. When objects of a third class are
 * bound, its closures move to a gate that counts a part of the calls by class. After enough counts,
 * they move to a third gate. Its dispatcher has a call, and so a type profile, for each of the most
 * frequent classes.
 *
 * <p>Each of these gates can call any object of the type, so a call may use the old one or the new
 * one.
 */
final class MixedGate implements ClassListener {
    /**
     * The system property with the number of classes of a type that may have a type profile of
     * their own.
     */
    private static final String LIMIT = "dev.salto.promotion";

    private static final int DEFAULT_LIMIT = 16;

    /**
     * One call of this number is counted. A prime number, so that classes that are called in turn
     * are all seen.
     */
    private static final int SAMPLED = 251;

    /** The number of counted calls. */
    private static final int SAMPLES = 256;

    /** A class with fewer counts is not frequent. */
    private static final int FEW = 4;

    /** Counters for as many threads at a time, each in a cache line of its own. Powers of two. */
    private static final int COUNTERS = 16;
    private static final int COUNTER_SIZE = 16;

    private final Dispatcher.Recipe recipe;

    /**
     * Weak, because stubs reach this object for good, but slots may have to be collected with a
     * class loader.
     */
    private final WeakReference<KindSlots> slots;

    private final long ownGate;
    private final int limit;

    /** The number of calls before the next counted one. */
    private final int[] left = new int[COUNTERS * COUNTER_SIZE];

    private final Map<Integer, Integer> samples = new HashMap<>();
    private int count;

    private MixedGate(Dispatcher.Recipe recipe, KindSlots slots, long ownGate, int limit) {
        this.recipe = recipe;
        this.slots = new WeakReference<>(slots);
        this.ownGate = ownGate;
        this.limit = limit;
    }

    /** Moves a kind to a better gate when that pays off, unless the user has switched this off. */
    static void watch(Dispatcher.Recipe recipe, KindSlots slots, long ownGate) {
        int limit = Integer.getInteger(LIMIT, DEFAULT_LIMIT);
        if (limit > 0) {
            slots.setListener(new MixedGate(recipe, slots, ownGate, limit));
        }
    }

    @Override
    public void areMixed() {
        inBackground(() -> lead(recipe.makeCounted(this)));
    }

    /** Counts a call, at a cost of about a nanosecond. */
    void count(int id) {
        int place = ((int) Thread.currentThread().threadId() & (COUNTERS - 1)) * COUNTER_SIZE;
        // Threads may share a counter without synchronization; then it counts a little slower.
        if (--left[place] < 0) {
            left[place] = SAMPLED - 1;
            sample(Tables.classNumber(id));
        }
    }

    private void sample(int classNumber) {
        int @Nullable [] hot;
        synchronized (this) {
            samples.merge(classNumber, 1, Integer::sum);
            count++;
            hot = count == SAMPLES ? hotClasses() : null;
        }
        if (hot != null) {
            inBackground(() -> {
                if (hot.length > 1) {
                    lead(recipe.makeForClasses(hot));
                } else {
                    setGate(ownGate);
                }
            });
        }
    }

    /** Returns the most frequent classes. */
    private int[] hotClasses() {
        int[] hot = samples.entrySet().stream().filter(each -> each.getValue() >= FEW)
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder())).limit(limit)
                .mapToInt(Map.Entry::getKey).toArray();
        Arrays.sort(hot);
        return hot;
    }

    private void lead(MethodHandle dispatcher) {
        long gate = Linker.nativeLinker()
                .upcallStub(dispatcher, recipe.function().appendArgumentLayouts(JAVA_INT), Arena.global()).address();
        Gate.countMade();
        setGate(gate);
    }

    private void setGate(long gate) {
        KindSlots own = slots.get();
        if (own != null) {
            own.setGate(gate);
        }
    }

    private void leadBack() {
        try {
            setGate(ownGate);
        } catch (RuntimeException | Error e) {
            // The system refuses; either gate works.
        }
    }

    private interface Step {
        void run() throws IllegalAccessException;
    }

    /**
     * Runs a step that is not tried again if it fails, for example for lack of code memory. All
     * closures work without it.
     */
    private void inBackground(Step step) {
        try {
            Background.run(() -> {
                try {
                    step.run();
                } catch (IllegalAccessException | RuntimeException | Error e) {
                    leadBack();
                }
            });
        } catch (RuntimeException | Error e) {
            // No thread can be started; all closures work without the step.
            count = SAMPLES;
        }
    }
}
