// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The slots that were given back last, which are not to be used again yet, so that calls of them are noticed. Their number is fixed. For one thread at a time. */
public class Quarantine extends CacheLine {
    /** None comes out of the quarantine: it has room. */
    public static final int NONE = -1;

    /** The system property that says how many slots of each signature are in quarantine. */
    private static final String SIZE = "dev.salto.quarantine";

    private static final int DEFAULT_SIZE = 1000;
    private static final int MAXIMUM = 1 << 24;

    private final int size;

    /** A ring, from the oldest to the newest; it is short until the first round is complete. */
    private int[] slots = {};
    private int next;

    private Quarantine(int size) {
        this.size = size;
    }

    /** An empty quarantine. */
    public static Quarantine ofSize(int size) {
        return new Padded(size);
    }

    /**
     * How many slots the user wants in quarantine.
     *
     * @throws IllegalArgumentException if the system property has a value that means nothing
     */
    public static int wantedSize() {
        String value = System.getProperty(SIZE, "");
        int size;
        try {
            size = value.isEmpty() ? DEFAULT_SIZE : Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw mistaken(value, e);
        }
        if (size < 0 || size > MAXIMUM) {
            throw mistaken(value, null);
        }
        return size;
    }

    private static IllegalArgumentException mistaken(String value, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "-D%s=%s is no number of slots; it has to be one from 0 to %d".formatted(SIZE, value, MAXIMUM), cause);
    }

    /**
     * Puts a slot into quarantine.
     *
     * @return the slot that comes out of it for that, or {@link #NONE}
     */
    public int add(int slot) {
        if (next == slots.length) {
            if (slots.length < size) {
                grow();
            } else if (size == 0) {
                return slot;
            } else {
                next = 0;
            }
        }
        int oldest = slots[next];
        slots[next++] = slot;
        return oldest;
    }

    /** Forgets the slots in it. */
    void clear() {
        Arrays.fill(slots, NONE);
        next = 0;
    }

    /** Forgets those slots for which the answer is true. */
    void removeIf(IntPredicate isUnwanted) {
        // Those that stay keep their order: the oldest is next.
        int[] kept = IntStream.concat(Arrays.stream(slots, next, slots.length), Arrays.stream(slots, 0, next))
                .filter(slot -> slot != NONE && !isUnwanted.test(slot))
                .toArray();
        clear();
        System.arraycopy(kept, 0, slots, 0, kept.length);
        next = kept.length;
    }

    /** Calls back with each slot in it. */
    void forEach(IntConsumer action) {
        for (int slot : slots) {
            if (slot != NONE) {
                action.accept(slot);
            }
        }
    }

    private void grow() {
        slots = Arrays.copyOf(slots, Math.min(size, Math.max(16, 2 * slots.length)));
        Arrays.fill(slots, next, slots.length, NONE);
    }

    /** With as much memory as a cache line behind its fields. */
    @SuppressWarnings("UnusedVariable")
    private static final class Padded extends Quarantine {
        private long word0;
        private long word1;
        private long word2;
        private long word3;
        private long word4;
        private long word5;
        private long word6;
        private long word7;

        Padded(int size) {
            super(size);
        }
    }
}
