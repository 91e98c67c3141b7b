// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple1;

/**
 * The part of the tests that runs in this JVM, and the seed of their random cases. On hardware all
 * of them run. Under emulation a sample runs, which the seed chooses. It has each kind of call, but
 * not each number of arguments with each of the C compiler's levels.
 *
 * <p>Random cases follow from the seed, the name of the test and the number of the try, so that the
 * same seed repeats them.
 */
public final class Sample {
    private static final String SEED_PROPERTY = "dev.salto.tests.seed";
    private static final long DEFAULT_SEED = 20261121;
    private static final long SEED = seed(System.getProperty(SEED_PROPERTY));

    private static final boolean IS_FULL = !Boolean.getBoolean("dev.salto.tests.sample");

    /** A sample has one of this number of random cases. */
    private static final int RANDOM_DIVISOR = 25;

    /**
     * How much smaller a sample is where the JVM only interprets. Under emulation, such a JVM takes
     * some seconds for a signature.
     */
    private static final int FURTHER_DIVISOR = System.getProperty("java.vm.name").contains("Zero") ? 3 : 1;

    private static final int FURTHER_SIGNATURES = Integer.getInteger("dev.salto.tests.signatures", 0);

    private static final AtomicInteger COMPARED = new AtomicInteger();

    static {
        System.out.println("What is random in the tests follows from the seed " + SEED + "; -D" + SEED_PROPERTY
                + "=N sets another.");
    }

    private Sample() {}

    private static long seed(String given) {
        try {
            return given == null ? DEFAULT_SEED : Long.parseLong(given);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "The system property %s is '%s' instead of a long. Leave it out for %d, the default."
                            .formatted(SEED_PROPERTY, given, DEFAULT_SEED),
                    e);
        }
    }

    /** The seed of this run. */
    public static long seed() {
        return SEED;
    }

    /** Whether all tests run with all their cases. */
    public static boolean isFull() {
        return IS_FULL;
    }

    /** How many random signatures are wanted beside those of each run. */
    public static int furtherSignatures() {
        return FURTHER_SIGNATURES;
    }

    /**
     * Of alternatives that show the same, all in a full run; otherwise one, which depends on the
     * seed and the name.
     */
    static <T> List<T> oneOf(List<T> alternatives, Object name) {
        int chosen = (int) Math.floorMod(SEED + name.toString().hashCode(), (long) alternatives.size());
        return IS_FULL ? alternatives : alternatives.subList(chosen, chosen + 1);
    }

    /**
     * All of a list in a full run; otherwise one in so many of them, at least one, which the seed
     * and the name choose. If the JVM only interprets, there are fewer.
     */
    static <T> List<T> some(List<T> all, int divisor, Object name) {
        if (IS_FULL || divisor * FURTHER_DIVISOR == 1) {
            return all;
        }
        List<T> shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled, new Random(mixed(SEED + name.toString().hashCode())));
        return shuffled.subList(0, Math.ceilDiv(all.size(), divisor * FURTHER_DIVISOR));
    }

    /**
     * All of a list, also in a sample. If the JVM only interprets, a sample has some of them, at
     * least one, which the seed and the name choose.
     */
    static <T> List<T> most(List<T> all, Object name) {
        return some(all, 1, name);
    }

    /** How many random things a test tries. */
    static int tries(int inFull) {
        return IS_FULL ? inFull : Math.ceilDiv(inFull, RANDOM_DIVISOR * FURTHER_DIVISOR);
    }

    /**
     * Random cases, for jqwik. Each has a random number generator of its own, so it does not depend
     * on their number.
     */
    static <T> Iterable<Tuple1<T>> random(String test, int tries, Function<Random, T> maker) {
        return () -> IntStream.range(0, tries)
                .mapToObj(number -> Tuple.of(maker.apply(new Random(mixed(mixed(SEED + test.hashCode()) + number)))))
                .iterator();
    }

    /** Neighbouring seeds of {@link Random} begin alike. These are SplitMix64's multipliers. */
    private static long mixed(long seed) {
        long mixed = (seed ^ (seed >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }

    /** Counts a signature that was compared. */
    static void compared() {
        COMPARED.incrementAndGet();
    }

    /** How many signatures were compared so far. */
    public static int signaturesCompared() {
        return COMPARED.get();
    }
}
