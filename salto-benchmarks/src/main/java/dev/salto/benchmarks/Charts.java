// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

import dev.salto.benchmarks.figures.Figure;
import dev.salto.benchmarks.figures.Results;
import dev.salto.benchmarks.figures.Size;
import dev.salto.benchmarks.peers.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Draws creation time and memory against the number of callbacks, a line for each peer; both axes are logarithmic. */
final class Charts {
    /** The chart of creation time. */
    static final String CREATION = "creation.svg";

    /** The chart of memory. */
    static final String MEMORY = "memory.svg";

    private static final int WIDTH = 800;
    private static final int HEIGHT = 480;

    private Charts() {}

    /**
     * Draws both charts.
     *
     * @param folder where the files go; made if it is not there
     * @return the files; none for which there is nothing to draw
     */
    static List<Path> draw(Results results, Path folder) throws IOException {
        Files.createDirectories(folder);
        List<Path> drawn = new ArrayList<>();
        draw(results, folder.resolve(CREATION), "Time to create a callback", "nanoseconds", Figure::createLive, drawn);
        draw(results, folder.resolve(MEMORY), "Native memory for a callback", "bytes", Figure::nativeBytes, drawn);
        return drawn;
    }

    private static void draw(Results results, Path file, String title, String unit, Function<Size, Figure> figure,
            List<Path> drawn) throws IOException {
        XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).title(title).xAxisTitle("callbacks live")
                .yAxisTitle(unit).build();
        chart.getStyler().setXAxisLogarithmic(true).setYAxisLogarithmic(true)
                .setLegendPosition(LegendPosition.OutsideE);
        for (Peer peer : Peer.values()) {
            List<Double> counts = new ArrayList<>();
            List<Double> values = new ArrayList<>();
            for (Size size : Size.values()) {
                OptionalDouble median = results.median(figure.apply(size), peer.key());
                // A logarithmic axis has no place for what is not above zero.
                if (median.isPresent() && median.getAsDouble() > 0) {
                    counts.add((double) size.count());
                    values.add(median.getAsDouble());
                }
            }
            if (!values.isEmpty()) {
                chart.addSeries(peer.key(), counts, values);
            }
        }
        if (!chart.getSeriesCollection().isEmpty()) {
            ChartEncoder.saveChart(chart, file.toString(), "svg");
            drawn.add(file);
        }
    }
}
