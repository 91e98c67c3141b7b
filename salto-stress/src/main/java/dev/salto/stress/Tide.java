// SPDX-License-Identifier: Apache-2.0

package dev.salto.stress;

import dev.salto.TrampolineTable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;

/**
 * Many closures that are opened and closed again, so that tables are mapped, emptied and used again
 * all the time. All are bound to one object. For one thread at a time, but for {@link #any}.
 */
final class Tide {
    /** How many closures are opened or closed in a step. */
    private static final int STEP = 32;

    /**
     * How long after a garbage collection the closures stay closed, so that tables are emptied in
     * that time.
     */
    private static final long LOW = Duration.ofMillis(3).toNanos();

    private static final VarHandle ADDRESS = MethodHandles.arrayElementVarHandle(long[].class);

    private final Numbered object = new Numbered();
    private final long[] addresses;
    private int open;
    private boolean isRising = true;
    private long collected;

    /**
     * All closures are closed.
     *
     * @param tables how many tables there are when all closures are open
     */
    Tide(int tables) {
        this.addresses = new long[tables * TrampolineTable.capacity() / STEP * STEP];
    }

    /**
     * Opens some closures, or closes some after a call of one of them.
     *
     * @return what {@link Numbered#ask} says of the call; {@link Numbered#RIGHT} if there was none
     */
    int step() {
        if (collected != 0) {
            if (System.nanoTime() - collected < LOW) {
                return Numbered.RIGHT;
            }
            collected = 0;
        }
        return isRising ? rise() : fall();
    }

    private int rise() {
        for (int i = 0; i < STEP; i++) {
            ADDRESS.setRelease(addresses, open++, object.bindAddress());
        }
        isRising = open < addresses.length;
        return Numbered.RIGHT;
    }

    private int fall() {
        int answer = object.ask(addresses[open - 1]);
        for (int i = 0; i < STEP; i++) {
            Numbered.TYPE.closeAddress(addresses[--open]);
        }
        if (open == 0) {
            isRising = true;
            System.gc();
            collected = System.nanoTime();
        }
        return answer;
    }

    /**
     * Calls one of the closures, which may be closed. By any thread.
     *
     * @param number chooses it
     * @return what {@link Numbered#ask} says; {@link Numbered#ZERO} if there is none as yet
     */
    int any(int number) {
        long address = (long) ADDRESS.getAcquire(addresses, Integer.remainderUnsigned(number, addresses.length));
        return address == 0 ? Numbered.ZERO : object.ask(address);
    }
}
