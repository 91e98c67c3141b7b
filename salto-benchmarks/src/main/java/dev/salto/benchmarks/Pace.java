// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

import dev.salto.benchmarks.figures.Size;
import dev.salto.benchmarks.peers.Peer;
import java.time.Duration;
import java.util.Map;

/** How thorough a run is. */
@SuppressWarnings("ImmutableEnumChecker") // the maps do not change
enum Pace {
    /** Some minutes: one round, and large numbers only if they have requirements. */
    QUICK(Map.of(Size.K1, 1, Size.K100, 1, Size.M1, 1, Size.M10, 1), Duration.ofMillis(360), Duration.ofSeconds(30), 1,
            new JmhStep.Effort(3, 3, Duration.ofMillis(200)), 5, 3, 5, 3) {
        @Override
        boolean reaches(Peer peer, Size size) {
            return switch (size) {
                case K1 -> true;
                // Closing them takes a quarter of a minute.
                case K100 -> peer != Peer.JDK_SHARED;
                case M1 -> peer == Peer.SALTO || peer == Peer.LIBFFI || peer == Peer.LIBFFI_STATIC;
                case M10 -> peer == Peer.SALTO;
            };
        }

        @Override
        boolean hasThreads(Peer peer) {
            return !peer.isVariant();
        }
    },
    /** More than half an hour: several rounds, and each peer up to its limit. */
    FULL(Map.of(Size.K1, 3, Size.K100, 3, Size.M1, 1, Size.M10, 3), Duration.ofMillis(900), Duration.ofSeconds(45), 3,
            new JmhStep.Effort(3, 6, Duration.ofMillis(300)), 10, 7, 15, 10) {
        @Override
        boolean reaches(Peer peer, Size size) {
            return true;
        }
    };

    private final Map<Size, Integer> rounds;
    private final Duration measuring;
    private final Duration cap;
    private final int forks;
    private final JmhStep.Effort effort;
    private final int jvms;
    private final int pairs;
    private final int starts;
    private final int threadRounds;

    Pace(Map<Size, Integer> rounds, Duration measuring, Duration cap, int forks, JmhStep.Effort effort,
            int jvms, int pairs, int starts, int threadRounds) {
        this.rounds = rounds;
        this.measuring = measuring;
        this.cap = cap;
        this.forks = forks;
        this.effort = effort;
        this.jvms = jvms;
        this.pairs = pairs;
        this.starts = starts;
        this.threadRounds = threadRounds;
    }

    /** Whether a peer has to reach this number of live callbacks. */
    abstract boolean reaches(Peer peer, Size size);

    /** Whether two threads use a peer. */
    boolean hasThreads(Peer peer) {
        return true;
    }

    /** How often so many callbacks are made. */
    int rounds(Size size) {
        return rounds.getOrDefault(size, 0);
    }

    /** How long each figure is measured while many are live. */
    Duration measuring() {
        return measuring;
    }

    /** How long it may take until many are live. */
    Duration cap() {
        return cap;
    }

    /** How often a benchmark of JMH's is run. */
    int forks() {
        return forks;
    }

    /** How long a benchmark of JMH's is run. */
    JmhStep.Effort effort() {
        return effort;
    }

    /** In how many JVMs figures are measured that differ from JVM to JVM. */
    int jvms() {
        return jvms;
    }

    /** How often one peer is compared with another where each comparison takes seconds. */
    int pairs() {
        return pairs;
    }

    /** How often a JVM is started for its first callback. */
    int starts() {
        return starts;
    }

    /** How often two threads are compared with one. */
    int threadRounds() {
        return threadRounds;
    }
}
