// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

import dev.salto.benchmarks.figures.Figure;
import dev.salto.benchmarks.figures.Numbers;
import dev.salto.benchmarks.figures.Results;
import dev.salto.benchmarks.figures.Size;
import dev.salto.benchmarks.peers.Peer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * The results as one HTML page, which needs no other file: bars, the charts, and the tables of
 * {@link ReportText}. It is light or dark, as the reader's system is.
 */
final class HtmlReport {
    /** Figures that have bars: a small value is good. */
    private static final List<Figure> BARS = List.of(Figure.createLive(Size.K100), Figure.closeRandom(Size.K100),
            Figure.CALL_ONE, Figure.nativeBytes(Size.K100), Figure.NEW_TYPE, Figure.FIRST_CALLBACK);

    private static final double WHOLE = 100;

    private final Results results;
    private final ReportTables tables;
    private final String origin;

    /**
     * Makes a page.
     *
     * @param origin where and when the results were measured, or the file that they come from
     */
    HtmlReport(Results results, String origin) {
        this.results = results;
        this.tables = new ReportTables(results);
        this.origin = origin;
    }

    /** Writes the page. */
    void write(Path file) throws IOException {
        Files.writeString(file, page());
    }

    private String page() throws IOException {
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta name="color-scheme" content="light dark">
                <title>What callbacks cost with Salto</title>
                <style>
                %s</style>
                </head>
                <body>
                <header>
                <h1>What callbacks cost with Salto</h1>
                <p>%s. All values are medians. Times depend on what else the machine does, so compare the
                ratios.</p>
                </header>
                <main>
                %s</main>
                </body>
                </html>
                """.formatted(style(), escaped(origin), bars() + charts() + section("Limits", tables.requirements())
                + section("All figures", tables.figures()) + list("Where it went no further", tables.limits())
                + list("Not measured", tables.unmeasured()) + peers());
    }

    private static String style() throws IOException {
        try (InputStream resource = HtmlReport.class.getResourceAsStream("report.css")) {
            return new String(Objects.requireNonNull(resource, "report.css").readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String bars() {
        String bars = BARS.stream().map(this::bars).collect(Collectors.joining());
        return bars.isEmpty() ? "" : section("At a glance", "<div class=\"grid\">\n" + bars + "</div>\n");
    }

    private String bars(Figure figure) {
        List<Peer> measured = Arrays.stream(Peer.values())
                .filter(peer -> results.median(figure, peer.key()).orElse(0) > 0).toList();
        if (measured.isEmpty()) {
            return "";
        }
        double most = measured.stream().mapToDouble(peer -> median(figure, peer)).max().orElseThrow();
        String rows = measured.stream().map(peer -> """
                <div class="name">%s</div>
                <div class="track"><div class="bar%s" style="width: %s%%"></div></div>
                <div class="value">%s</div>
                """.formatted(escaped(peer.key()), isSalto(peer) ? " salto" : "",
                String.format(Locale.ROOT, "%.2f", WHOLE * median(figure, peer) / most),
                Numbers.of(median(figure, peer)))).collect(Collectors.joining());
        return "<figure>\n<figcaption>%s, %s</figcaption>\n<div class=\"bars\">\n%s</div>\n</figure>\n"
                .formatted(escaped(figure.title()), escaped(figure.unit()), rows);
    }

    private double median(Figure figure, Peer peer) {
        OptionalDouble median = results.median(figure, peer.key());
        return median.orElseThrow();
    }

    private static boolean isSalto(Peer peer) {
        return peer == Peer.SALTO || peer == Peer.SALTO_ADDRESS;
    }

    private String charts() throws IOException {
        String charts = Charts.drawings(results).values().stream().map(HtmlReport::inline)
                .collect(Collectors.joining());
        return charts.isEmpty()
                ? ""
                : section("By number of callbacks", "<div class=\"charts\">\n" + charts + "</div>\n");
    }

    /** A drawing without its XML declaration and document type. */
    private static String inline(byte[] drawing) {
        String svg = new String(drawing, StandardCharsets.UTF_8);
        return "<figure>%s</figure>\n".formatted(svg.substring(svg.indexOf("<svg")));
    }

    private static String section(String title, ReportTables.Table table) {
        if (table.rows().isEmpty()) {
            return "";
        }
        StringBuilder html = new StringBuilder("<div class=\"scroll\"><table>\n<thead><tr>");
        for (ReportTables.Column column : table.columns()) {
            html.append(cell("th scope=\"col\"", column, column.title()));
        }
        html.append("</tr></thead>\n<tbody>\n");
        for (List<String> row : table.rows()) {
            html.append("<tr>");
            for (int i = 0; i < row.size(); i++) {
                html.append(cell(i == 0 ? "th scope=\"row\"" : "td", table.columns().get(i), row.get(i)));
            }
            html.append("</tr>\n");
        }
        return section(title, html.append("</tbody>\n</table></div>\n").toString());
    }

    private static String cell(String tag, ReportTables.Column column, String text) {
        String style = switch (text) {
            case ReportTables.MET -> " class=\"met\"";
            case ReportTables.NOT_MET -> " class=\"not-met\"";
            default -> column.isNumber() ? " class=\"number\"" : "";
        };
        return "<%s%s>%s</%s>".formatted(tag, style, escaped(text), tag.substring(0, 2));
    }

    private static String list(String title, List<String> points) {
        return points.isEmpty()
                ? ""
                : section(title, points.stream().map(point -> "<li>%s</li>\n".formatted(escaped(point)))
                        .collect(Collectors.joining("", "<ul>\n", "</ul>\n")));
    }

    private String peers() {
        return results.peers(List.of()).isEmpty()
                ? ""
                : section("The peers", Arrays.stream(Peer.values())
                        .filter(peer -> results.peers(List.of()).contains(peer.key()))
                        .map(peer -> "<dt>%s</dt><dd>%s</dd>\n".formatted(escaped(peer.key()), escaped(peer.title())))
                        .collect(Collectors.joining("", "<dl>\n", "</dl>\n")));
    }

    private static String section(String title, String content) {
        return "<section>\n<h2>%s</h2>\n%s</section>\n".formatted(escaped(title), content);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
