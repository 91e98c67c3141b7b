// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

import dev.salto.benchmarks.child.Message;
import dev.salto.benchmarks.figures.Figure;
import dev.salto.benchmarks.figures.Results;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * A program that prints its measurements.
 *
 * @param peer the peer's key
 * @param options the JVM's options
 * @param arguments the program's arguments
 */
record ProgramStep(String peer, String title, List<Figure> figures, Class<?> program, List<String> options,
        List<String> arguments) implements Step {
    private static final Duration LONGEST = Duration.ofMinutes(3);

    @Override
    public void run(Results results) throws IOException, InterruptedException {
        ChildJvm.End end = ChildJvm.run(program, options, arguments, LONGEST, line -> receive(line, results));
        unmeasured(results, end.isGood() ? "it said nothing about it" : end.describe());
    }

    private void receive(String line, Results results) {
        switch (Message.parse(line).orElse(null)) {
            case Message.Sample(String figure, double value) -> Figure.ofKey(figure)
                    .ifPresent(known -> results.add(known, peer, value));
            case Message.PeerSample(String figure, String other, double value) -> Figure.ofKey(figure)
                    .ifPresent(known -> results.add(known, other, value));
            case Message.Unmeasured(String figure, String why) -> Figure.ofKey(figure)
                    .ifPresent(known -> results.unmeasured(known, peer, why));
            case Message.Failure(String why) -> unmeasured(results, why);
            case null, default -> {
                // Output of a library.
            }
        }
    }
}
