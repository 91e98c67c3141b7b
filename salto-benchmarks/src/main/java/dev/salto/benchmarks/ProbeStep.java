// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

import dev.salto.benchmarks.child.Message;
import dev.salto.benchmarks.child.Probe;
import dev.salto.benchmarks.figures.Figure;
import dev.salto.benchmarks.figures.Results;
import dev.salto.benchmarks.peers.Peer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Finds out whether a peer works here, and which figures it cannot have. If it does not work, there
 * is a reason for every figure.
 *
 * @param progress gets the slow operations of the peer
 */
record ProbeStep(Peer library, Consumer<String> progress) implements Step {
    /** Some peers are fetched and compiled first. */
    private static final Duration LONGEST = Duration.ofMinutes(5);

    @Override
    public String peer() {
        return library.key();
    }

    @Override
    public String title() {
        return "trying";
    }

    @Override
    public List<Figure> figures() {
        return Figure.ALL;
    }

    @Override
    public void run(Results results) throws IOException, InterruptedException {
        ChildJvm.End end = ChildJvm.run(Probe.class, library.jvmOptions(), List.of(library.name()), LONGEST,
                line -> receive(line, results));
        if (!end.isGood()) {
            unmeasured(results, end.describe());
        }
    }

    private void receive(String line, Results results) {
        switch (Message.parse(line).orElse(null)) {
            case Message.Unmeasured(String figure, String why) -> Figure.ofKey(figure)
                    .ifPresent(known -> results.unmeasured(known, peer(), why));
            case Message.Progress(String step) -> progress.accept(step);
            case Message.Failure(String why) -> unmeasured(results, why);
            case null, default -> {
                // Output of a library.
            }
        }
    }
}
