// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

import dev.salto.benchmarks.child.Message;
import dev.salto.benchmarks.child.Population;
import dev.salto.benchmarks.figures.Figure;
import dev.salto.benchmarks.figures.Numbers;
import dev.salto.benchmarks.figures.Results;
import dev.salto.benchmarks.figures.Size;
import dev.salto.benchmarks.peers.Peer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** A number of callbacks live at once. */
final class PopulationStep implements Step {
    private final Peer peer;
    private final Size size;
    private final Duration measuring;
    private final Duration cap;

    /**
     * A step.
     *
     * @param measuring how long each figure is measured, once so many are live
     * @param cap how long it may take until so many are live
     */
    PopulationStep(Peer peer, Size size, Duration measuring, Duration cap) {
        this.peer = peer;
        this.size = size;
        this.measuring = measuring;
        this.cap = cap;
    }

    static List<Figure> figures(Size size) {
        List<Figure> figures = new ArrayList<>(List.of(Figure.createFresh(size), Figure.createLive(size),
                Figure.closeInOrder(size), Figure.closeRandom(size), Figure.mappings(size),
                Figure.writableExecutable(size)));
        if (size.isEnoughForMemory()) {
            figures.addAll(List.of(Figure.nativeBytes(size), Figure.heapBytes(size)));
        }
        if (size == Size.M10) {
            figures.add(Figure.GROWTH);
        }
        return figures;
    }

    @Override
    public String peer() {
        return peer.key();
    }

    @Override
    public String title() {
        return size + " live";
    }

    @Override
    public List<Figure> figures() {
        return figures(size);
    }

    @Override
    public void run(Results results) throws IOException, InterruptedException {
        OptionalDouble limit = results.median(Figure.MOST_LIVE, peer.key());
        if (limit.isPresent() && limit.getAsDouble() < size.count()) {
            unmeasured(results, "could not have so many live");
            return;
        }
        List<String> options = new ArrayList<>(peer.jvmOptions());
        options.addAll(size.heapOptions());
        List<String> arguments = List.of(peer.name(), size.name(), Long.toString(measuring.toMillis()),
                Long.toString(cap.toSeconds()));
        var receiver = new Receiver(results);
        ChildJvm.End end = ChildJvm.run(Population.class, options, arguments,
                cap.multipliedBy(2).plusMinutes(1), receiver::receive);
        if (!end.isGood() && !receiver.knowsLimit) {
            receiver.limit(receiver.live, end.describe());
        }
        if (receiver.knowsLimit) {
            unmeasured(results, "could not have so many live");
        }
        unmeasured(results, "closed by the garbage collector");
    }

    /** A message of the child. */
    private final class Receiver {
        private final Results results;
        private long live;
        private boolean knowsLimit;

        Receiver(Results results) {
            this.results = results;
        }

        void receive(String line) {
            switch (Message.parse(line).orElse(null)) {
                case Message.Sample(String figure, double value) -> Figure.ofKey(figure)
                        .ifPresent(known -> results.add(known, peer.key(), value));
                case Message.Live(long count) -> live = count;
                case Message.Limit(long count, String why) -> limit(count, why);
                case null, default -> {
                    // Output of a library.
                }
            }
        }

        void limit(long count, String why) {
            knowsLimit = true;
            results.add(Figure.MOST_LIVE, peer.key(), (double) count);
            results.note(Figure.MOST_LIVE, peer.key(), "at about " + Numbers.of((double) count) + " live: " + why);
        }
    }
}
