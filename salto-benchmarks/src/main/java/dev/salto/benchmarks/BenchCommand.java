// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

import dev.salto.ClosureType;
import dev.salto.benchmarks.figures.Figure;
import dev.salto.benchmarks.figures.Results;
import dev.salto.benchmarks.peers.Peer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures Salto and its peers in one run, and prints the figures beside their limits. */
@Command(name = "./salto bench", mixinStandardHelpOptions = true, version = "salto 0.1.0", usageHelpAutoWidth = true,
        sortOptions = false,
        description = {
            "Measures what callbacks cost with Salto, with the JDK's upcall stubs, with other libraries and with"
                    + " libffi in C: creating, closing and calling them, two threads, memory, mappings, the first callback. Each"
                    + " is measured in JVMs of its own, by the same native loops, the peers in turn; calls of Salto's, the JDK's and"
                    + " LWJGL's callbacks, which differ by little, are also compared side by side in one JVM. The tables show the medians of this"
                    + " one run, and whether they keep the limits that Salto is held to.",
            "",
            "It takes more than half an hour; with --quick about eight minutes. Nothing else should run meanwhile, so"
                    + " read the ratios rather than the times."},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:it was measured, whether or not the limits are kept",
            "1:something failed; the message says what",
            "2:the command line was wrong",
            "3:something is missing on this machine: a JDK 25, Maven, or a supported host; or the build failed"},
        footer = {"%nExamples:", "  ./salto bench --quick                       the most important figures",
            "  ./salto bench --json figures.json --charts docs",
            "  ./salto bench --quick --html figures.html   a page for a browser",
            "  ./salto bench call --peers salto,jdk        only calls, only beside the JDK's stubs",
            "  ./salto bench --quick bind-address create-close-by-turns types-8192",
            "                                              only these figures, by what their names begin with",
            "  ./salto bench gc-pause                      pauses of garbage collectors, 10,000,000 closures live",
            "  ./salto bench --from figures.json --charts docs",
            "                                              prints and draws an earlier run again"})
public final class BenchCommand implements Callable<Integer> {
    /** Figures that are measured only if they are named. */
    private static final Set<Figure> ON_DEMAND = Figure.ALL.stream()
            .filter(figure -> figure.key().startsWith("gc-pause") || figure.equals(Figure.FIRST_CALLBACK_AOT))
            .collect(Collectors.toSet());

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Parameters(paramLabel = "FIGURE", arity = "0..*",
            description = "what to measure: figures, or what their names begin with (default: all but gc-pause and first-callback-aot)")
    private List<String> figures = List.of();

    @Option(names = "--quick",
            description = "about eight minutes: one round of most figures, and large numbers only for Salto")
    private boolean isQuick;

    @Option(names = "--peers", paramLabel = "PEER", split = ",",
            description = "whom to measure, with commas (default: all); --list names them")
    private List<String> peers = Arrays.stream(Peer.values()).map(Peer::key).toList();

    @Option(names = "--json", paramLabel = "FILE",
            description = "write everything to a file: figure, peer, median, min, max, unit")
    private @Nullable Path json;

    @Option(names = "--charts", paramLabel = "FOLDER",
            description = "draw creation time and memory against the number of callbacks: " + Charts.CREATION + ", "
                    + Charts.MEMORY)
    private @Nullable Path charts;

    @Option(names = "--html", paramLabel = "FILE",
            description = "write one page with tables and charts, which needs no other file")
    private @Nullable Path html;

    @Option(names = "--from", paramLabel = "FILE", description = "measure nothing: take what --json has written")
    private @Nullable Path from;

    @Option(names = "--list", description = "list the figures and the peers")
    private boolean isList;

    /** Runs the command. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new BenchCommand()).setExecutionExceptionHandler((e, command, parsed) -> {
            command.getErr().println(command.getColorScheme().errorText("salto bench: " + e.getMessage()));
            if (Boolean.getBoolean("dev.salto.trace")) {
                e.printStackTrace(command.getErr());
            }
            return command.getCommandSpec().exitCodeOnExecutionException();
        });
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        if (isList) {
            list(out);
            return 0;
        }
        Set<Figure> wanted = wantedFigures();
        List<Peer> whom = wantedPeers();
        requireFolder(json);
        requireFolder(html);
        Results results = from != null ? read(from) : measure(whom, wanted);
        out.println();
        out.println(new ReportText(results, spec.commandLine().getColorScheme().ansi()));
        if (json != null) {
            results.write(json);
            out.println("%nWritten: %s".formatted(json));
        }
        if (html != null) {
            new HtmlReport(results, from == null ? measuredHere() : "From " + from.getFileName()).write(html);
            out.println("%nWritten: %s".formatted(html));
        }
        if (charts != null) {
            List<Path> drawn = Charts.draw(results, charts);
            out.println(drawn.isEmpty()
                    ? "%nNothing to draw: no creation or memory was measured".formatted()
                    : "%nDrawn: %s".formatted(drawn.stream().map(Path::toString).collect(Collectors.joining(", "))));
        }
        out.flush();
        return 0;
    }

    private Results measure(List<Peer> whom, Set<Figure> wanted) throws IOException, InterruptedException {
        if (!ClosureType.class.getModule().isNamed()) {
            throw new IllegalStateException("dev.salto is on the class path; put it on the module path instead, with"
                    + " --add-modules dev.salto,dev.salto.text");
        }
        Results results = new Results();
        ProgressLine progress = new ProgressLine(spec.commandLine().getErr());
        List<Peer> there = new ArrayList<>();
        for (Peer peer : whom) {
            progress.show("trying " + peer);
            new ProbeStep(peer, progress::show).run(results);
            if (results.whyUnmeasured(Figure.FIRST_CALLBACK, peer.key()).isEmpty()) {
                there.add(peer);
            }
        }
        List<Step> steps = new Plan(there, wanted, isQuick ? Pace.QUICK : Pace.FULL).steps();
        progress.expect(steps.size());
        for (Step step : steps) {
            progress.next("%s: %s".formatted(step.title(), step.peer()));
            if (step.figures().stream().allMatch(figure -> results.whyUnmeasured(figure, step.peer()).isPresent())) {
                continue;
            }
            step.run(results);
        }
        progress.clear();
        return results;
    }

    private static String measuredHere() {
        return "Measured on %s: %s on %s, %d processors, JVM %s".formatted(LocalDate.now(ZoneId.systemDefault()),
                System.getProperty("os.name"), System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors(), Runtime.version());
    }

    private List<Peer> wantedPeers() {
        return peers.stream().distinct().map(key -> Peer.ofKey(key).orElseThrow(() -> wrong(
                "there is no peer '%s'; there are %s".formatted(key, Arrays.stream(Peer.values()).map(Peer::key)
                        .collect(Collectors.joining(", "))))))
                .toList();
    }

    private Set<Figure> wantedFigures() {
        Set<Figure> wanted = new LinkedHashSet<>();
        for (String beginning : figures) {
            List<Figure> named = Figure.ALL.stream().filter(figure -> figure.key().startsWith(beginning)).toList();
            if (named.isEmpty()) {
                throw wrong("no figure is named '%s', or begins so; --list names them".formatted(beginning));
            }
            wanted.addAll(named);
        }
        if (wanted.isEmpty()) {
            wanted.addAll(Figure.ALL);
            wanted.removeAll(ON_DEMAND);
        }
        return wanted;
    }

    /** So that half an hour later everything can be written. */
    private void requireFolder(@Nullable Path file) {
        Path folder = file == null ? null : file.toAbsolutePath().getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            throw wrong("%s is in a folder that does not exist".formatted(file));
        }
    }

    private Results read(Path file) throws IOException {
        if (!Files.isReadable(file)) {
            throw wrong("--from names %s, which is not a readable file".formatted(file));
        }
        return Results.read(file);
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private static void list(PrintWriter out) {
        out.println("Figures:");
        for (Figure figure : Figure.ALL) {
            out.println("  %-36s %s%s".formatted(figure.key(), figure.title(),
                    ON_DEMAND.contains(figure) ? " (only if named)" : ""));
        }
        out.println();
        out.println("Peers:");
        for (Peer peer : Peer.values()) {
            out.println("  %-36s %s".formatted(peer.key(), peer.title()));
        }
        out.flush();
    }
}
