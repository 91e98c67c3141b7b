// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import com.github.freva.asciitable.OverflowBehaviour;
import dev.salto.benchmarks.figures.Figure;
import dev.salto.benchmarks.figures.Numbers;
import dev.salto.benchmarks.figures.Requirement;
import dev.salto.benchmarks.figures.Requirement.Kind;
import dev.salto.benchmarks.figures.Results;
import dev.salto.benchmarks.figures.Statistics;
import dev.salto.benchmarks.peers.Peer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Help.Ansi;

/**
 * The results, for people: the figures of all peers, the limits of each, the requirements, and the
 * missing figures.
 */
final class ReportText {
    private static final int WIDEST = 1_000;

    /** The peers' columns, from left to right, if they were measured. */
    private static final List<String> ORDER = Stream
            .concat(Arrays.stream(Peer.values()).map(Peer::key), Stream.of(Plan.DIRECT, PauseStep.NONE)).toList();

    private final Results results;
    private final Ansi ansi;

    ReportText(Results results, Ansi ansi) {
        this.results = results;
        this.ansi = ansi;
    }

    @Override
    public String toString() {
        return Stream.of(figures(), limits(), requirements(), unmeasured()).filter(part -> !part.isEmpty())
                .collect(Collectors.joining(System.lineSeparator() + System.lineSeparator()));
    }

    private String figures() {
        List<String> peers = results.peers(ORDER);
        List<Figure> measured = Figure.ALL.stream()
                .filter(figure -> !figure.equals(Figure.MOST_LIVE))
                .filter(figure -> peers.stream().anyMatch(peer -> results.of(figure, peer).isPresent()))
                .toList();
        if (measured.isEmpty()) {
            return "";
        }
        List<Column> head = List.of(column("medians", HorizontalAlign.LEFT), column("", HorizontalAlign.LEFT));
        List<Column> columns = Stream
                .concat(head.stream(), peers.stream().map(peer -> column(peer, HorizontalAlign.RIGHT)))
                .toList();
        String[][] rows = measured.stream().map(figure -> Stream
                .concat(Stream.of(figure.title(), figure.unit()), peers.stream().map(peer -> cell(figure, peer)))
                .toArray(String[]::new)).toArray(String[][]::new);
        return table(columns, rows);
    }

    private String cell(Figure figure, String peer) {
        OptionalDouble median = results.median(figure, peer);
        return median.isPresent()
                ? Numbers.of(median.getAsDouble())
                : results.whyUnmeasured(figure, peer).isPresent() ? "-" : "";
    }

    private String limits() {
        List<String> lines = new ArrayList<>();
        for (String peer : results.peers(ORDER)) {
            String note = results.of(Figure.MOST_LIVE, peer).map(Statistics::note).orElse(null);
            if (note != null) {
                lines.add("  %s %s".formatted(peer, note));
            }
        }
        return lines.isEmpty() ? "" : heading("Where it went no further") + String.join(System.lineSeparator(), lines);
    }

    private String requirements() {
        List<Column> columns = List.of(column("what is asked", HorizontalAlign.LEFT),
                column("Salto", HorizontalAlign.RIGHT), column("beside", HorizontalAlign.LEFT),
                column("", HorizontalAlign.RIGHT), column("ratio", HorizontalAlign.RIGHT),
                column("limit", HorizontalAlign.LEFT), column("", HorizontalAlign.LEFT));
        List<String> peers = results.peers(ORDER);
        String[][] rows = Requirement.ALL.stream()
                .filter(requirement -> peers.contains(requirement.peer())
                        && peers.stream().anyMatch(peer -> results.of(requirement.figure(), peer).isPresent()))
                .map(this::row).toArray(String[][]::new);
        return rows.length == 0 ? "" : table(columns, rows);
    }

    private String[] row(Requirement requirement) {
        boolean isRatio = requirement.kind().isRatio();
        OptionalDouble value = requirement.value(results);
        String verdict = value.isEmpty()
                ? notMeasured(requirement)
                : requirement.isMetBy(value.getAsDouble()) ? "met" : "NOT met";
        String unit = requirement.figure().unit();
        return new String[]{requirement.title() + (isRatio || unit.isEmpty() ? "" : ", " + unit),
            cell(requirement.figure(), requirement.peer()),
            isRatio ? other(requirement) : "",
            isRatio ? cell(requirement.otherFigure(), requirement.otherPeer()) : "",
            isRatio && value.isPresent() ? Numbers.of(value.getAsDouble()) : "",
            requirement.limit() + (requirement.kind() == Kind.TIMES_FASTER ? " times faster" : ""), verdict};
    }

    /** The reasons can be long, and stand below the tables. */
    private String notMeasured(Requirement requirement) {
        return results.whyUnmeasured(requirement.figure(), requirement.peer())
                .or(() -> results.whyUnmeasured(requirement.otherFigure(), requirement.otherPeer()))
                .map(_ -> "not measured, see below").orElse("not measured");
    }

    private static String other(Requirement requirement) {
        return requirement.otherFigure().equals(requirement.figure()) ? requirement.otherPeer() : "in order";
    }

    private String unmeasured() {
        List<String> lines = new ArrayList<>();
        results.unmeasured().forEach((why, cells) -> cells.stream()
                .collect(Collectors.groupingBy(Results.Cell::peer, Collectors.mapping(Results.Cell::figure,
                        Collectors.toList())))
                .forEach((peer, figures) -> lines.add("  %s: %s (%s)".formatted(peer, why, what(figures)))));
        return lines.isEmpty() ? "" : heading("Not measured") + String.join(System.lineSeparator(), lines);
    }

    private static String what(List<String> figures) {
        return figures.size() == Figure.ALL.size() ? "everything" : String.join(", ", figures);
    }

    private String heading(String text) {
        return ansi.string("@|bold " + text + "|@") + System.lineSeparator();
    }

    private static Column column(String header, HorizontalAlign align) {
        return new Column().header(header).headerAlign(align).dataAlign(align)
                .maxWidth(WIDEST, OverflowBehaviour.NEWLINE);
    }

    private static String table(List<Column> columns, String[][] rows) {
        return AsciiTable.getTable(AsciiTable.NO_BORDERS, columns.toArray(Column[]::new), rows);
    }
}
