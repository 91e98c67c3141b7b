// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;

/** The progress of a run: one changing line on a terminal, otherwise a line for each step. */
final class ProgressLine {
    /** Back to the beginning of the line, and clear it. */
    private static final String ANEW = "\r\033[K";

    private final PrintWriter out;
    private final boolean isTerminal = isTerminal();
    private long start = System.nanoTime();
    private int steps;
    private int step;

    ProgressLine(PrintWriter out) {
        this.out = out;
    }

    /** Sets the number of steps. */
    void expect(int count) {
        steps = count;
        start = System.nanoTime();
    }

    /** Begins a step. */
    void next(String title) {
        show("[%d/%d] %s%s".formatted(step + 1, steps, title, timeLeft()));
        step++;
    }

    /** Shows the current operation. */
    void show(String text) {
        if (isTerminal) {
            out.print(ANEW + text);
        } else {
            out.println(text);
        }
        out.flush();
    }

    /** Prints a line that stays. */
    void note(String text) {
        clear();
        out.println(text);
        out.flush();
    }

    /** Removes the changing line. */
    void clear() {
        if (isTerminal) {
            out.print(ANEW);
            out.flush();
        }
    }

    /** Steps take as long as earlier ones, on average. */
    private String timeLeft() {
        Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
        String text = "   %d:%02d so far".formatted(elapsed.toMinutes(), elapsed.toSecondsPart());
        if (step < steps / 10 || step == 0) {
            return text;
        }
        long left = elapsed.toSeconds() * (steps - step) / step;
        return text + ", about %d:%02d left".formatted(left / 60, left % 60);
    }

    @SuppressWarnings("SystemConsoleNull") // it is null again in JDK 25, where there is no terminal
    private static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }
}
