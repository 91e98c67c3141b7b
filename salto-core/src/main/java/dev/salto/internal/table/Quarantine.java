// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The slots of a pool that were given back last, which are not to be used again yet, so that calls of them are noticed. Their number is fixed. */
public final class Quarantine {
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

    /**
     * An empty quarantine of the size that the user wants.
     *
     * @throws IllegalArgumentException if the system property has a value that means nothing
     */
    public Quarantine() {
        String value = System.getProperty(SIZE, "");
        try {
            size = value.isEmpty() ? DEFAULT_SIZE : Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw mistaken(value, e);
        }
        if (size < 0 || size > MAXIMUM) {
            throw mistaken(value, null);
        }
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

    private void grow() {
        slots = Arrays.copyOf(slots, Math.min(size, Math.max(16, 2 * slots.length)));
        Arrays.fill(slots, next, slots.length, NONE);
    }
}
