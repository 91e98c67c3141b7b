// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.child;

import dev.salto.benchmarks.peers.Callbacks;
import dev.salto.benchmarks.peers.Peer;
import java.lang.ref.Reference;
import java.time.Duration;

/**
 * Makes the garbage collector work while a number of Salto's closures are live. The JVM's log has
 * its pauses.
 */
public final class Pauses {
    /** The message when the closures exist. Pauses before it do not count. */
    public static final String READY = "ready";

    private static final Duration MAKING_GARBAGE = Duration.ofSeconds(5);
    private static final int FULL_COLLECTIONS = 3;
    private static final int PIECES = 1_000;
    private static final int PIECE_SIZE = 10_000;

    private Pauses() {}

    /**
     * Works.
     *
     * @param arguments how many closures to have live
     */
    public static void main(String[] arguments) {
        int count = Integer.parseInt(arguments[0]);
        Callbacks<?> callbacks = Peer.SALTO.callbacks(Math.max(count, 1));
        callbacks.open(0, count);
        System.gc();
        System.out.println(READY);
        System.out.flush();
        try {
            makeGarbage();
            for (int i = 0; i < FULL_COLLECTIONS; i++) {
                System.gc();
            }
        } finally {
            Reference.reachabilityFence(callbacks);
        }
        Runtime.getRuntime().halt(0);
    }

    private static void makeGarbage() {
        Object[] garbage = new Object[PIECES];
        long end = System.nanoTime() + MAKING_GARBAGE.toNanos();
        for (int i = 0; System.nanoTime() < end; i = (i + 1) % PIECES) {
            garbage[i] = new byte[PIECE_SIZE];
        }
    }
}
