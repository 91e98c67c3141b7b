// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.child;

import dev.salto.benchmarks.figures.Figure;
import dev.salto.benchmarks.peers.Callbacks;
import dev.salto.benchmarks.peers.LibffiCallbacks;
import dev.salto.benchmarks.peers.Peer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;

/**
 * Salto and libffi by turns in one JVM, while 100,000 closures of each are live. C code makes,
 * frees and times libffi's. A turn takes some milliseconds; garbage collections count.
 */
public final class BesideLibffi {
    private static final int LIVE = 100_000;
    private static final int BATCH = 1_000;
    private static final Duration WARM_UP = Duration.ofMillis(1_500);
    private static final int SAMPLES = 5;
    private static final int ROUNDS = 30;

    private final Figure figure;
    private final List<Side> sides;
    private final Random chance = new Random();

    /** One of the two. Its turn makes {@link #LIVE} closures, and returns its nanoseconds. */
    private static final class Side {
        private final Peer peer;
        private final LongSupplier turn;
        private long nanoseconds;

        Side(Peer peer, LongSupplier turn) {
            this.peer = peer;
            this.turn = turn;
        }

        void takeTurn() {
            nanoseconds += turn.getAsLong();
        }
    }

    private BesideLibffi(Figure figure, Side... sides) {
        this.figure = figure;
        this.sides = new ArrayList<>(List.of(sides));
    }

    /**
     * Measures.
     *
     * @param arguments Salto's side. It measures addresses for the time to create in recycled
     *     memory, or closures for the time to create one and close it
     */
    public static void main(String[] arguments) {
        Peer peer = Peer.valueOf(arguments[0]);
        Callbacks<?> salto = peer.callbacks(LIVE);
        salto.open(0, LIVE);
        LibffiCallbacks libffi = (LibffiCallbacks) Peer.LIBFFI.callbacks(LIVE);
        libffi.open(0, LIVE);
        BesideLibffi comparison = switch (peer) {
            case SALTO_ADDRESS -> new BesideLibffi(Figure.BIND_ADDRESS_BY_TURNS,
                    new Side(peer, () -> replace(salto)),
                    new Side(Peer.LIBFFI, () -> libffi.timeReplace(BATCH)));
            case SALTO -> {
                Callbacks<?> another = peer.callbacks(1);
                yield new BesideLibffi(Figure.CREATE_CLOSE_BY_TURNS,
                        new Side(peer, () -> openAndClose(another)),
                        new Side(Peer.LIBFFI, () -> libffi.timeOpenAndClose(LIVE)));
            }
            default -> throw new IllegalArgumentException(peer + " is not compared here");
        };
        comparison.measure();
        Runtime.getRuntime().halt(0);
    }

    /** Closes all and opens new ones in their places, by batches; only the opening is timed. */
    private static long replace(Callbacks<?> callbacks) {
        long total = 0;
        for (int place = 0; place < LIVE; place += BATCH) {
            callbacks.close(place, place + BATCH);
            long start = System.nanoTime();
            callbacks.open(place, place + BATCH);
            total += System.nanoTime() - start;
        }
        return total;
    }

    private static long openAndClose(Callbacks<?> callbacks) {
        long start = System.nanoTime();
        callbacks.openAndClose(LIVE);
        return System.nanoTime() - start;
    }

    private void measure() {
        long end = System.nanoTime() + WARM_UP.toNanos();
        while (System.nanoTime() < end) {
            round();
        }
        for (int sample = 0; sample < SAMPLES; sample++) {
            sides.forEach(side -> side.nanoseconds = 0);
            for (int i = 0; i < ROUNDS; i++) {
                round();
            }
            sides.forEach(side -> new Message.PeerSample(figure.key(), side.peer.key(),
                    (double) side.nanoseconds / ((long) ROUNDS * LIVE)).send());
        }
    }

    private void round() {
        Collections.shuffle(sides, chance);
        sides.forEach(Side::takeTurn);
    }
}
