// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli;

import dev.salto.cli.soak.Goal;
import dev.salto.cli.soak.Outcome;
import dev.salto.cli.soak.ProgressLine;
import dev.salto.cli.soak.Soak;
import dev.salto.cli.soak.Summary;
import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Everything at once, for a time, with every answer checked. */
@Command(name = "soak", mixinStandardHelpOptions = true, version = SaltoCommand.VERSION, usageHelpAutoWidth = true,
        exitCodeOnInvalidInput = DoctorCommand.USAGE,
        description = {
            "Binds and closes closures by the million on several threads, while native threads that the JVM has not seen before call function"
                    + " pointers that are rebound or replaced meanwhile. Arenas with thousands of closures are closed, closed closures are"
                    + " called, callbacks throw, types are made and dropped, and garbage is collected. Every answer is checked, and at the end that"
                    + " nothing is left open, and that memory and tables did not grow after the first quarter."},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:everything was right", "1:something was wrong; the output says what",
            "3:something is missing on this machine: a JDK 25, Maven, or a supported host; or the build failed",
            DoctorCommand.USAGE + ":the command line was wrong"},
        footer = {"%nExamples:", "  ./salto soak", "  ./salto soak --minutes 0.1 --seed 42",
            "  ./salto soak --cycles 24000000"})
final class SoakCommand implements Callable<Integer> {
    private static final double DEFAULT_MINUTES = 1;
    private static final double MOST_MINUTES = TimeUnit.DAYS.toMinutes(365);

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @ArgGroup
    private @Nullable Length length;

    @Option(names = "--seed", paramLabel = "S",
            description = "what chance begins with (default: the time). Threads run as they like all the same")
    private long seed = System.nanoTime();

    /** One or the other. */
    private static final class Length {
        @Option(names = "--minutes", paramLabel = "N", description = "how long to go on; 0.1, say (default: 1)")
        private @Nullable Double minutes;

        @Option(names = "--cycles", paramLabel = "N",
                description = "go on until so many closures were bound and closed, instead of for a time")
        private @Nullable Long cycles;
    }

    @Override
    public Integer call() throws InterruptedException {
        Goal goal = goal();
        PrintWriter out = spec.commandLine().getOut();
        out.printf("Soaking, with seed %d.%n", seed);
        out.flush();
        // If the output goes to a file, frequent progress lines would be in the way.
        ProgressLine progress = new ProgressLine(spec.commandLine().getErr(), isTerminal());
        Outcome outcome = new Soak(goal, seed, progress::show).run();
        progress.clear();
        out.println(Summary.of(outcome, spec.commandLine().getColorScheme().ansi()));
        out.flush();
        return outcome.faults().isEmpty() ? 0 : 1;
    }

    private Goal goal() {
        if (length != null && length.cycles != null) {
            if (length.cycles < 1) {
                throw wrong("--cycles is %d; it has to be at least 1".formatted(length.cycles));
            }
            return new Goal.Cycles(length.cycles);
        }
        double minutes = length != null && length.minutes != null ? length.minutes : DEFAULT_MINUTES;
        // Not a number is wrong, too.
        if (!(minutes > 0 && minutes <= MOST_MINUTES)) {
            throw wrong("--minutes is %s; it has to be more than 0, and at most %.0f".formatted(minutes, MOST_MINUTES));
        }
        return new Goal.Time(Duration.ofNanos((long) Math.ceil(minutes * TimeUnit.MINUTES.toNanos(1))));
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    @SuppressWarnings("SystemConsoleNull") // it is null again in JDK 25, where there is no terminal
    private static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }
}
