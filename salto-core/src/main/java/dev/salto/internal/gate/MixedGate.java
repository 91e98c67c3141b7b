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
 * Gives types whose objects are of many classes a better gate. A dispatcher has one type profile
 * for all objects of its signature. Up to two classes of them the JIT compiler inlines; with more,
 * each call costs some nanoseconds more than that of an upcall stub, which knows its object.
 *
 * <p>A type begins with one gate and pays nothing for this. When objects of a third class are
 * bound, its closures are led to a gate that counts a part of the calls by class. When enough were
 * counted, they are led to a third gate, whose dispatcher has a call, and so a type profile, for
 * each of the classes that are called most.
 *
 * <p>All gates can call any object of the type. So an old or a new one is right at any moment.
 */
final class MixedGate implements ClassListener {
    /**
     * The system property that says how many classes of a type may have a type profile of their
     * own.
     */
    private static final String LIMIT = "dev.salto.promotion";

    private static final int DEFAULT_LIMIT = 16;

    /**
     * One call of so many is looked at. A prime, so that classes that are called in turn are all
     * seen.
     */
    private static final int SAMPLED = 251;

    /** How many calls are looked at. */
    private static final int SAMPLES = 256;

    /** A class with fewer of them is not called often. */
    private static final int FEW = 4;

    /** Counters for as many threads at a time, each in a cache line of its own. Powers of two. */
    private static final int COUNTERS = 16;
    private static final int COUNTER_SIZE = 16;

    private final Dispatcher.Recipe recipe;

    /**
     * Weak, because stubs reach this object for good, and the slots may have to go with a class
     * loader.
     */
    private final WeakReference<KindSlots> slots;

    private final long ownGate;
    private final int limit;

    /** How many calls there are before the next one that is looked at. */
    private final int[] left = new int[COUNTERS * COUNTER_SIZE];

    private final Map<Integer, Integer> samples = new HashMap<>();
    private int count;

    private MixedGate(Dispatcher.Recipe recipe, KindSlots slots, long ownGate, int limit) {
        this.recipe = recipe;
        this.slots = new WeakReference<>(slots);
        this.ownGate = ownGate;
        this.limit = limit;
    }

    /**
     * Has a kind led to a better gate when that is worth it, unless the user does not want that.
     */
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
        // By races, if several threads share a counter; then it goes a little slower.
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

    /** Of the classes that were seen often, those that were seen most. */
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
            // The system refuses: all goes on as it is, through one gate or another.
        }
    }

    private interface Step {
        void run() throws IllegalAccessException;
    }

    /**
     * Runs a step that is not tried again if it fails, for want of memory for code, say: everything
     * works without it.
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
            // No thread to be had: all goes on as it is.
            count = SAMPLES;
        }
    }
}
