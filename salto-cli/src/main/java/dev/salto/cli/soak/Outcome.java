// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

import dev.salto.Statistics;
import java.util.ArrayList;
import java.util.List;

/**
 * The final state of a soak, after everything was closed.
 *
 * @param before Salto's own numbers before it began
 * @param after the same at its end
 * @param warm the process when it was warm
 * @param end the process at the end
 * @param highest the most memory and tables seen since it was warm
 * @param noticed how many calls of closed closures Salto handed to the policy
 * @param writableExecutable the mappings that were made meanwhile and are both writable and
 *     executable
 * @param wrongAnswers how many answers, and other things that workers checked, were wrong
 * @param descriptions the first of them
 */
public record Outcome(Statistics before, Statistics after, Sample warm, Sample end, Highest highest, long noticed,
        List<String> writableExecutable, long wrongAnswers, List<String> descriptions) {

    /**
     * The permitted growth of the process once it is warm. The JIT compiler goes on for a while.
     * The C library keeps the memory of a large compilation, some 20 MiB at once. A leak of three
     * bytes in each of 24 million cycles is more than this, and a slot has sixteen.
     */
    static final long TOLERATED_BYTES = 64L << 20;

    /**
     * How many tables there may be more than when it was warm. Tables are emptied and used again,
     * and the order depends on the threads. So the number is not quite constant. One slot lost in
     * each of a thousand cycles takes ten tables in 25 million cycles.
     */
    static long toleratedTables(long warm) {
        return warm / 4 + 4;
    }

    /** The highest of a number of samples. */
    public record Highest(long residentBytes, long tables) {}

    long bound() {
        return after.bound() - before.bound();
    }

    long closed() {
        return after.closed() - before.closed();
    }

    long usesAfterFree() {
        return after.usesAfterFree() - before.usesAfterFree();
    }

    long exceptions() {
        return after.exceptions() - before.exceptions();
    }

    long growth() {
        return end.residentBytes() - warm.residentBytes();
    }

    /** All that is wrong; empty if nothing is. */
    public List<String> faults() {
        List<String> faults = new ArrayList<>(descriptions);
        if (wrongAnswers > descriptions.size()) {
            faults.add("and %,d more like these".formatted(wrongAnswers - descriptions.size()));
        }
        requireEqual(faults, "closures bound, as Salto counts", bound(), "as the workers do",
                end.count(Work.CYCLE));
        requireEqual(faults, "closures closed, as Salto counts", closed(), "bound", bound());
        requireEqual(faults, "calls of closed closures, as Salto counts", usesAfterFree(), "as the workers do",
                end.count(Work.STALE_CALL));
        requireEqual(faults, "calls of closed closures handed to the policy", noticed, "counted", usesAfterFree());
        requireEqual(faults, "exceptions in callbacks, as Salto counts", exceptions(), "thrown",
                end.count(Work.EXCEPTION));
        if (highest.tables() - warm.tables() > toleratedTables(warm.tables())) {
            faults.add("tables at the most: %,d, which is more than %,d above %,d when it was warm".formatted(
                    highest.tables(), toleratedTables(warm.tables()), warm.tables()));
        }
        if (growth() > TOLERATED_BYTES) {
            faults.add("the process grew by %,d KiB after it was warm, which is more than %,d KiB"
                    .formatted(growth() >> 10, TOLERATED_BYTES >> 10));
        }
        writableExecutable.forEach(mapping -> faults.add("a mapping is writable and executable: " + mapping));
        return faults;
    }

    private static void requireEqual(List<String> faults, String what, long number, String otherwise, long expected) {
        if (number != expected) {
            faults.add("%s: %,d, but %s: %,d".formatted(what, number, otherwise, expected));
        }
    }
}
