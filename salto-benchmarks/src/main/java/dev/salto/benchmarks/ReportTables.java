// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

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

/** The content of every report: tables, and lists of sentences. */
final class ReportTables {
    /** A requirement that is met. */
    static final String MET = "met";

    /** A requirement that is not met. */
    static final String NOT_MET = "NOT met";

    /** The peers' columns, from left to right, if they were measured. */
    private static final List<String> ORDER = Stream
            .concat(Arrays.stream(Peer.values()).map(Peer::key), Stream.of(Plan.DIRECT, PauseStep.NONE)).toList();

    private final Results results;

    /**
     * A column of a table.
     *
     * @param isNumber whether its cells are aligned to the right
     */
    record Column(String title, boolean isNumber) {}

    /**
     * A table.
     *
     * @param rows the cells of each row, one for each column
     */
    record Table(List<Column> columns, List<List<String>> rows) {}

    ReportTables(Results results) {
        this.results = results;
    }

    /** The medians of all figures, with a column for each peer. */
    Table figures() {
        List<String> peers = results.peers(ORDER);
        List<Column> columns = Stream.concat(Stream.of(new Column("medians", false), new Column("", false)),
                peers.stream().map(peer -> new Column(peer, true))).toList();
        return new Table(columns, Figure.ALL.stream()
                .filter(figure -> !figure.equals(Figure.MOST_LIVE))
                .filter(figure -> peers.stream().anyMatch(peer -> results.of(figure, peer).isPresent()))
                .map(figure -> Stream.concat(Stream.of(figure.title(), figure.unit()),
                        peers.stream().map(peer -> cell(figure, peer))).toList())
                .toList());
    }

    private String cell(Figure figure, String peer) {
        OptionalDouble median = results.median(figure, peer);
        return median.isPresent()
                ? Numbers.of(median.getAsDouble())
                : results.whyUnmeasured(figure, peer).isPresent() ? "-" : "";
    }

    /** Where peers could not make more callbacks. */
    List<String> limits() {
        List<String> lines = new ArrayList<>();
        for (String peer : results.peers(ORDER)) {
            String note = results.of(Figure.MOST_LIVE, peer).map(Statistics::note).orElse(null);
            if (note != null) {
                lines.add("%s %s".formatted(peer, note));
            }
        }
        return lines;
    }

    /** The limits that Salto is held to. */
    Table requirements() {
        List<String> peers = results.peers(ORDER);
        return new Table(List.of(new Column("what is asked", false), new Column("Salto", true),
                new Column("beside", false), new Column("", true), new Column("ratio", true),
                new Column("limit", false), new Column("", false)),
                Requirement.ALL.stream()
                        .filter(requirement -> peers.contains(requirement.peer())
                                && peers.stream()
                                        .anyMatch(peer -> results.of(requirement.figure(), peer).isPresent()))
                        .map(this::row).toList());
    }

    private List<String> row(Requirement requirement) {
        boolean isRatio = requirement.kind().isRatio();
        OptionalDouble value = requirement.value(results);
        String verdict = value.isEmpty()
                ? notMeasured(requirement)
                : requirement.isMetBy(value.getAsDouble()) ? MET : NOT_MET;
        String unit = requirement.figure().unit();
        return List.of(requirement.title() + (isRatio || unit.isEmpty() ? "" : ", " + unit),
                cell(requirement.figure(), requirement.peer()),
                isRatio ? other(requirement) : "",
                isRatio ? cell(requirement.otherFigure(), requirement.otherPeer()) : "",
                isRatio && value.isPresent() ? Numbers.of(value.getAsDouble()) : "",
                requirement.limit() + (requirement.kind() == Kind.TIMES_FASTER ? " times faster" : ""), verdict);
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

    /** The reasons why figures were not measured, for each peer. */
    List<String> unmeasured() {
        List<String> lines = new ArrayList<>();
        results.unmeasured().forEach((why, cells) -> cells.stream()
                .collect(Collectors.groupingBy(Results.Cell::peer, Collectors.mapping(Results.Cell::figure,
                        Collectors.toList())))
                .forEach((peer, figures) -> lines.add("%s: %s (%s)".formatted(peer, why, what(figures)))));
        return lines;
    }

    private static String what(List<String> figures) {
        return figures.size() == Figure.ALL.size() ? "everything" : String.join(", ", figures);
    }
}
