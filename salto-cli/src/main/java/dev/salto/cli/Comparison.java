// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import dev.salto.Mechanism;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Help.Ansi;

/** Salto beside the JDK, as a report for machines and as a table for people. */
record Comparison(Measurement jdk, Measurement salto, HotCalls hot) {

    DemoReport report() {
        return new DemoReport(
                List.of(
                        DemoReport.Figure.of("create, in fresh memory", "ns", salto.createFresh(), jdk.createFresh()),
                        DemoReport.Figure.of("create, after closing as many", "ns", salto.createAgain(),
                                jdk.createAgain()),
                        DemoReport.Figure.of("call, one again and again", "ns", hot.salto(), hot.jdk()),
                        DemoReport.Figure.of("call, each in turn", "ns", salto.callEach(), jdk.callEach()),
                        DemoReport.Figure.of("close", "ns", salto.close(), jdk.close()),
                        DemoReport.Figure.of("native memory, each", "bytes", salto.nativeBytes(), jdk.nativeBytes()),
                        DemoReport.Figure.of("code cache, each", "bytes", salto.codeCacheBytes(), jdk.codeCacheBytes()),
                        DemoReport.Figure.of("mappings made", "", salto.mappings(), jdk.mappings())),
                new DemoReport.Checks(salto.answers() + jdk.answers(), salto.wrong() + jdk.wrong()),
                new DemoReport.Sides(salto.writableExecutable(), jdk.writableExecutable()));
    }

    /** The table for people, and what it means if Salto's closures are made by this mechanism. */
    String table(Ansi ansi, Mechanism mechanism) {
        DemoReport report = report();
        List<Row> rows = new ArrayList<>(report.figures().stream().map(Row::of).toList());
        rows.add(new Row("writable+executable mappings made", "", Long.toString(report.writableExecutable().salto()),
                Long.toString(report.writableExecutable().jdk()), ""));
        String table = AsciiTable.getTable(AsciiTable.NO_BORDERS, rows, List.of(
                column("", HorizontalAlign.LEFT).with(Row::name),
                column("", HorizontalAlign.LEFT).with(Row::unit),
                column("Salto, %,d".formatted(salto.count()), HorizontalAlign.RIGHT).with(Row::salto),
                column("JDK, %,d".formatted(jdk.count()), HorizontalAlign.RIGHT).with(Row::jdk),
                column("Salto / JDK", HorizontalAlign.RIGHT).with(Row::ratio)));
        String verdict = report.checks().wrong() == 0
                ? "@|bold,green All %,d answers were right.|@".formatted(report.checks().answers())
                : "@|bold,red %,d of %,d answers were wrong.|@".formatted(report.checks().wrong(),
                        report.checks().answers());
        return table + System.lineSeparator() + System.lineSeparator() + ansi.string(verdict)
                + " The JDK's stubs are code written into its code cache," + System.lineSeparator()
                + "which is writable and executable from the start; " + (mechanism == Mechanism.TRAMPOLINES
                        ? "a closure is a place in a table of code" + System.lineSeparator() + "that is never written."
                        : "here Salto's closures are such stubs, too.");
    }

    private static Column column(String header, HorizontalAlign align) {
        return new Column().header(header).headerAlign(align).dataAlign(align);
    }

    private record Row(String name, String unit, String salto, String jdk, String ratio) {
        static Row of(DemoReport.Figure figure) {
            String format = figure.unit().isEmpty() ? "%,.0f" : "%,.1f";
            return new Row(figure.name(), figure.unit(), format.formatted(figure.salto()),
                    format.formatted(figure.jdk()),
                    figure.ratio() == null ? "" : ratio(figure.ratio()));
        }

        private static String ratio(double ratio) {
            return (ratio < 0.1 ? "%.4f" : "%.2f").formatted(ratio);
        }
    }
}
