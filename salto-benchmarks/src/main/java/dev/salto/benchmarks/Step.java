// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

import dev.salto.benchmarks.figures.Figure;
import dev.salto.benchmarks.figures.Results;
import java.io.IOException;
import java.util.List;

/** A part of a run that measures some figures of one peer, in a JVM of its own. */
interface Step {
    /** The peer's key. */
    String peer();

    /** The description of the running step, for people. */
    String title();

    /** The figures that it measures. */
    List<Figure> figures();

    /** Measures, and adds the results, or the reason why there are none. */
    void run(Results results) throws IOException, InterruptedException;

    /** Adds a reason for all figures without a value. */
    default void unmeasured(Results results, String why) {
        figures().forEach(figure -> results.unmeasured(figure, peer(), why));
    }
}
