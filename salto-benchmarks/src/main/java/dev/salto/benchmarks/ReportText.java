// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import com.github.freva.asciitable.OverflowBehaviour;
import dev.salto.benchmarks.figures.Results;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Help.Ansi;

/**
 * The results, for people: the figures of all peers, the limits of each, the requirements, and the
 * missing figures.
 */
final class ReportText {
    private static final int WIDEST = 1_000;

    private final ReportTables tables;
    private final Ansi ansi;

    ReportText(Results results, Ansi ansi) {
        this.tables = new ReportTables(results);
        this.ansi = ansi;
    }

    @Override
    public String toString() {
        return Stream.of(table(tables.figures()), list("Where it went no further", tables.limits()),
                table(tables.requirements()), list("Not measured", tables.unmeasured()))
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(System.lineSeparator() + System.lineSeparator()));
    }

    private String list(String heading, List<String> lines) {
        return lines.isEmpty()
                ? ""
                : ansi.string("@|bold " + heading + "|@") + lines.stream()
                        .map(line -> System.lineSeparator() + "  " + line).collect(Collectors.joining());
    }

    private static String table(ReportTables.Table table) {
        return table.rows().isEmpty()
                ? ""
                : AsciiTable.getTable(AsciiTable.NO_BORDERS,
                        table.columns().stream().map(ReportText::column).toArray(Column[]::new),
                        table.rows().stream().map(row -> row.toArray(String[]::new)).toArray(String[][]::new));
    }

    private static Column column(ReportTables.Column column) {
        HorizontalAlign align = column.isNumber() ? HorizontalAlign.RIGHT : HorizontalAlign.LEFT;
        return new Column().header(column.title()).headerAlign(align).dataAlign(align)
                .maxWidth(WIDEST, OverflowBehaviour.NEWLINE);
    }
}
