// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks;

import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.svg.SVGProcessor;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import dev.salto.benchmarks.figures.Figure;
import dev.salto.benchmarks.figures.Results;
import dev.salto.benchmarks.figures.Size;
import dev.salto.benchmarks.peers.Peer;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Shape;
import java.awt.geom.Rectangle2D;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.NumberFormat;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.function.Function;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogarithmicAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.plot.DefaultDrawingSupplier;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/**
 * Draws creation time and memory against the number of callbacks, a line for each peer; both axes
 * are logarithmic.
 */
final class Charts {
    /** The chart of creation time. */
    static final String CREATION = "creation.svg";

    /** The chart of memory. */
    static final String MEMORY = "memory.svg";

    private static final int WIDTH = 800;
    private static final int HEIGHT = 480;
    private static final float LINE_WIDTH = 2;

    private static final List<Peer> PEERS = List.of(Peer.values());

    /**
     * One for each peer. That can be told apart by people who see colours differently; marks
     * differ, too.
     */
    private static final Color[] COLOURS = {new Color(0xd55e00), new Color(0xe69f00), new Color(0x0072b2),
        new Color(0x56b4e9), new Color(0x009e73), new Color(0xcc79a7), new Color(0x999999), new Color(0x6a3d9a),
        new Color(0xb8a000), Color.BLACK, new Color(0xaa0044)};

    private static final Shape[] MARKS = DefaultDrawingSupplier.DEFAULT_SHAPE_SEQUENCE;

    private Charts() {}

    /**
     * Draws both charts into files.
     *
     * @param folder where the files go; made if it is not there
     * @return the files; none for which there is nothing to draw
     */
    static List<Path> draw(Results results, Path folder) throws IOException {
        Files.createDirectories(folder);
        List<Path> drawn = new ArrayList<>();
        for (Map.Entry<String, byte[]> drawing : drawings(results).entrySet()) {
            drawn.add(Files.write(folder.resolve(drawing.getKey()), drawing.getValue()));
        }
        return drawn;
    }

    /**
     * Draws both charts as SVG, by the names of their files; none for which there is nothing to
     * draw.
     */
    static SequencedMap<String, byte[]> drawings(Results results) throws IOException {
        SequencedMap<String, byte[]> drawings = new LinkedHashMap<>();
        drawings.put(CREATION,
                drawing(lines(results, Figure::createLive), "Time to create a callback", "nanoseconds"));
        drawings.put(MEMORY, drawing(lines(results, Figure::nativeBytes), "Native memory for a callback", "bytes"));
        drawings.values().removeIf(drawing -> drawing.length == 0);
        return drawings;
    }

    private static XYSeriesCollection lines(Results results, Function<Size, Figure> figure) {
        XYSeriesCollection lines = new XYSeriesCollection();
        for (Peer peer : Peer.values()) {
            XYSeries line = new XYSeries(peer.key());
            for (Size size : Size.values()) {
                OptionalDouble median = results.median(figure.apply(size), peer.key());
                // A logarithmic axis has no place for what is not above zero.
                if (median.isPresent() && median.getAsDouble() > 0) {
                    line.add(size.count(), median.getAsDouble());
                }
            }
            if (!line.isEmpty()) {
                lines.addSeries(line);
            }
        }
        return lines;
    }

    private static byte[] drawing(XYSeriesCollection lines, String title, String unit) throws IOException {
        ByteArrayOutputStream drawing = new ByteArrayOutputStream();
        if (lines.getSeriesCount() > 0) {
            VectorGraphics2D graphics = new VectorGraphics2D();
            chart(lines, title, unit).draw(graphics, new Rectangle2D.Double(0, 0, WIDTH, HEIGHT));
            new SVGProcessor().getDocument(graphics.getCommands(), new PageSize(WIDTH, HEIGHT)).writeTo(drawing);
        }
        return drawing.toByteArray();
    }

    static JFreeChart chart(XYSeriesCollection lines, String title, String unit) {
        JFreeChart chart = ChartFactory.createXYLineChart(title, "", "", lines);
        chart.setBackgroundPaint(Color.WHITE);
        XYPlot plot = chart.getXYPlot();
        plot.setBackgroundPaint(Color.WHITE);
        plot.setDomainGridlinePaint(Color.LIGHT_GRAY);
        plot.setRangeGridlinePaint(Color.LIGHT_GRAY);
        plot.setDomainAxis(axis("callbacks live"));
        plot.setRangeAxis(axis(unit));
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer();
        renderer.setDefaultStroke(new BasicStroke(LINE_WIDTH));
        renderer.setAutoPopulateSeriesStroke(false);
        for (int i = 0; i < lines.getSeriesCount(); i++) {
            Peer peer = Peer.ofKey((String) lines.getSeriesKey(i)).orElseThrow();
            renderer.setSeriesPaint(i, colour(peer));
            renderer.setSeriesShape(i, MARKS[PEERS.indexOf(peer) % MARKS.length]);
        }
        plot.setRenderer(renderer);
        return chart;
    }

    /** The colour of a peer's line, the same in all charts. */
    static Color colour(Peer peer) {
        return COLOURS[PEERS.indexOf(peer)];
    }

    /**
     * Not the newer class {@code LogAxis}, whose labels become outlines of glyphs in SVG, and
     * large.
     */
    private static LogarithmicAxis axis(String label) {
        LogarithmicAxis axis = new LogarithmicAxis(label);
        NumberFormat format = NumberFormat.getIntegerInstance(Locale.ROOT);
        axis.setNumberFormatOverride(format);
        // The labels of a horizontal axis have the format of its unit instead.
        axis.setTickUnit(new NumberTickUnit(1, format));
        return axis;
    }
}
