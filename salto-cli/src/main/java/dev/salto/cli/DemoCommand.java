// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.salto.Salto;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.IntBinaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Callbacks of real C functions: the C library sorts a file and walks a folder. Then come a million
 * closures, beside a tenth as many upcall stubs of the JDK.
 */
@Command(name = "demo", mixinStandardHelpOptions = true, version = SaltoCommand.VERSION,
        description = {
            "Sorts a real file with the C library's qsort and a Java comparator, walks a real folder with nftw, then makes"
                    + " closures, each over its own Java object, calls every one from native code and checks every answer. Before that it"
                    + " does the same with a tenth as many upcall stubs of the JDK, and prints both side by side."},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:every answer was right", "1:something failed; the message says what",
            "2:the command line was wrong"},
        footer = {"%nExamples:", "  ./salto demo", "  ./salto demo --count 5000000 --file access.log --folder /usr",
            "  ./salto demo --json > figures.json"})
final class DemoCommand implements Callable<Integer> {
    /** The JDK stops at about 324,000 stubs, and then the JIT compiler stops, too. */
    private static final int MOST_STUBS = 200_000;

    /** Files with many lines in a Linux system or a JDK. */
    private static final List<Path> USUAL_FILES = List.of(
            Path.of("/usr/share/dict/words"),
            Path.of("/var/lib/dpkg/status"),
            Path.of(System.getProperty("java.home"), "lib", "classlist"),
            Path.of(System.getProperty("java.home"), "release"));

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(names = {"-n", "--count"}, paramLabel = "N", defaultValue = "1000000",
            description = "how many closures are alive at once (default: ${DEFAULT-VALUE})")
    private int count;

    @Option(names = "--file", paramLabel = "FILE",
            description = "the text file to sort (default: a word list, the package list of the system"
                    + " or the class list of the JDK, whichever is there)")
    private @Nullable Path file;

    @Option(names = "--folder", paramLabel = "FOLDER",
            description = "the folder to walk, except on Windows (default: that of the JDK)")
    private Path folder = Path.of(System.getProperty("java.home"));

    @Option(names = "--json",
            description = "print one JSON object and nothing else to standard output; a ratio in it is Salto's figure"
                    + " divided by the JDK's")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        Path lines = file != null ? file : usualFile();
        checkArguments(lines);
        // In JSON mode, the text goes to standard error.
        PrintWriter human = json ? spec.commandLine().getErr() : spec.commandLine().getOut();

        human.println(CLibraryCallbacks.sortLines(lines));
        human.println(System.getProperty("os.name").startsWith("Windows")
                ? CLibraryCallbacks.listLocales()
                : CLibraryCallbacks.walkFolder(folder));
        human.flush();

        int stubs = Math.min(Math.max(count / 10, 1), MOST_STUBS);
        announce(human, stubs, "upcall stubs of the JDK");
        Measurement jdk = Measurement.of(new CallbackProvider.Jdk(), new CallbackProvider.Jdk(), stubs);
        announce(human, count, "closures");
        CallbackProvider closures = new CallbackProvider.Salto(IntBinaryOperator.class);
        Measurement salto = Measurement.of(new CallbackProvider.Salto(CallbackProvider.WarmUp.class), closures, count);
        Comparison comparison = new Comparison(jdk, salto,
                HotCalls.measure(closures, new CallbackProvider.Jdk()));
        DemoReport report = comparison.report();
        if (json) {
            PrintWriter out = spec.commandLine().getOut();
            out.println(new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(report));
            out.flush();
        } else {
            human.println();
            human.println(comparison.table(spec.commandLine().getColorScheme().ansi(), Salto.report().mechanism()));
            human.flush();
        }
        return report.checks().wrong() == 0 ? 0 : 1;
    }

    private static void announce(PrintWriter human, int number, String what) {
        human.printf("Making, calling and closing %,d %s ...%n", number, what);
        human.flush();
    }

    private static Path usualFile() throws IOException {
        for (Path candidate : USUAL_FILES) {
            if (Files.isReadable(candidate)) {
                return candidate;
            }
        }
        throw new IOException("no file to sort was found; name one with --file");
    }

    private void checkArguments(Path lines) {
        if (count < 1) {
            throw new ParameterException(spec.commandLine(), "--count is " + count + "; it has to be at least 1");
        }
        if (!Files.isRegularFile(lines) || !Files.isReadable(lines)) {
            throw new ParameterException(spec.commandLine(),
                    "--file names " + lines + ", which is not a readable file");
        }
        if (!Files.isDirectory(folder) || !Files.isReadable(folder)) {
            throw new ParameterException(spec.commandLine(),
                    "--folder names " + folder + ", which is not a readable folder");
        }
    }
}
