// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

import java.io.PrintWriter;
import java.time.Duration;

/** The progress of a soak: one changing line on a terminal, otherwise a line every ten seconds. */
public final class ProgressLine {
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    /** Back to the beginning of the line, and clear it. */
    private static final String ANEW = "\r\033[K";

    private final PrintWriter out;
    private final boolean isTerminal;
    private Duration next = INTERVAL;

    /** Writes nothing yet. */
    public ProgressLine(PrintWriter out, boolean isTerminal) {
        this.out = out;
        this.isTerminal = isTerminal;
    }

    /** Shows the state, if it is time to. */
    public void show(Sample sample) {
        if (isTerminal) {
            out.print(ANEW + describe(sample));
            out.flush();
        } else if (sample.elapsed().compareTo(next) >= 0) {
            out.println(describe(sample));
            out.flush();
            next = sample.elapsed().plus(INTERVAL);
        }
    }

    /** Removes the changing line. */
    public void clear() {
        if (isTerminal) {
            out.print(ANEW);
            out.flush();
        }
    }

    /** Short, so that it fits into a line of a terminal. */
    static String describe(Sample sample) {
        return "cycles %s  calls %s  rebinds %s  stale %s  RSS %d MiB  tables %d  %s".formatted(
                shortened(sample.count(Work.CYCLE)), shortened(sample.count(Work.CALL)),
                shortened(sample.count(Work.REBIND)), shortened(sample.count(Work.STALE_CALL)),
                sample.residentBytes() >> 20, sample.tables(), timeLeft(sample));
    }

    private static String shortened(long count) {
        return count < 10_000
                ? Long.toString(count)
                : count < 10_000_000
                        ? "%dk".formatted(count / 1000)
                        : "%.1fM".formatted(count / 1e6);
    }

    private static String timeLeft(Sample sample) {
        if (sample.fraction() <= 0) {
            return "";
        }
        double elapsed = sample.elapsed().toMillis() / 1e3;
        long left = Math.max(0, Math.round(elapsed / sample.fraction() - elapsed));
        return "%d:%02d left".formatted(left / 60, left % 60);
    }
}
