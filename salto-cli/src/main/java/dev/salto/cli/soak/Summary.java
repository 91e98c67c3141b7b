// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import picocli.CommandLine.Help.Ansi;

/** The result of a soak, for people. */
public final class Summary {
    private record Row(String name, String value) {}

    private Summary() {}

    /** A table, and a verdict. */
    public static String of(Outcome outcome, Ansi ansi) {
        StringJoiner text = new StringJoiner(System.lineSeparator());
        text.add(table(outcome)).add("");
        List<String> faults = outcome.faults();
        if (faults.isEmpty()) {
            text.add(ansi.string(
                    "@|bold,green Everything was right:|@ every answer, nothing left open, nothing grown since it was warm."));
        } else {
            text.add(ansi.string("@|bold,red Something was wrong:|@"));
            faults.forEach(fault -> text.add("- " + fault));
        }
        return text.toString();
    }

    private static String table(Outcome outcome) {
        List<Row> rows = new ArrayList<>();
        double seconds = outcome.end().elapsed().toMillis() / 1e3;
        rows.add(new Row("time", "%.1f s".formatted(seconds)));
        for (Work work : Work.values()) {
            rows.add(row(work.label(), outcome.end().count(work)));
        }
        rows.add(row("cycles a second", Math.round(outcome.end().count(Work.CYCLE) / seconds)));
        rows.add(row("closures left open", outcome.bound() - outcome.closed()));
        rows.add(row("tables when warm", outcome.warm().tables()));
        rows.add(row("tables at the most after that", outcome.highest().tables()));
        rows.add(memory("memory when warm", outcome.warm().residentBytes()));
        rows.add(memory("memory at the most after that", outcome.highest().residentBytes()));
        rows.add(memory("memory at the end", outcome.end().residentBytes()));
        rows.add(row("writable+executable mappings made", outcome.writableExecutable().size()));
        rows.add(row("wrong answers", outcome.wrongAnswers()));
        return AsciiTable.getTable(AsciiTable.NO_BORDERS, rows, List.of(
                new Column().dataAlign(HorizontalAlign.LEFT).with(Row::name),
                new Column().dataAlign(HorizontalAlign.RIGHT).with(Row::value)));
    }

    private static Row row(String name, long value) {
        return new Row(name, "%,d".formatted(value));
    }

    private static Row memory(String name, long bytes) {
        return new Row(name, "%,.1f MiB".formatted(bytes / 1024.0 / 1024));
    }
}
