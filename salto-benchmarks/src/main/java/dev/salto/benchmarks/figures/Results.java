// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.figures;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * The results so far. Each figure and peer, by their keys, have values, or the reason why there are
 * none. For one thread.
 */
public final class Results {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final Map<Cell, List<Double>> values = new LinkedHashMap<>();
    private final Map<Cell, Statistics> read = new LinkedHashMap<>();
    private final Map<Cell, String> notes = new LinkedHashMap<>();
    private final Map<Cell, String> reasons = new LinkedHashMap<>();

    /**
     * Where a value belongs.
     *
     * @param figure the figure's key
     * @param peer the peer's key
     */
    public record Cell(String figure, String peer) {}

    /** Adds a value. */
    public void add(Figure figure, String peer, double value) {
        values.computeIfAbsent(new Cell(figure.key(), peer), key -> new ArrayList<>()).add(value);
    }

    /** Adds a remark to what was measured. */
    public void note(Figure figure, String peer, String note) {
        notes.put(new Cell(figure.key(), peer), note);
    }

    /** Says why a figure has no value; it counts only as long as there is none. */
    public void unmeasured(Figure figure, String peer, String why) {
        reasons.putIfAbsent(new Cell(figure.key(), peer), why);
    }

    /** The results. */
    public Optional<Statistics> of(Figure figure, String peer) {
        Cell cell = new Cell(figure.key(), peer);
        List<Double> measured = values.get(cell);
        return measured == null
                ? Optional.ofNullable(read.get(cell))
                : Optional.of(Statistics.of(measured, figure.unit(), notes.get(cell)));
    }

    /** The median, if something was measured. */
    public OptionalDouble median(Figure figure, String peer) {
        return of(figure, peer).stream().mapToDouble(Statistics::median).findFirst();
    }

    /** Why a figure was not measured. */
    public Optional<String> whyUnmeasured(Figure figure, String peer) {
        return of(figure, peer).isPresent()
                ? Optional.empty()
                : Optional.ofNullable(reasons.get(new Cell(figure.key(), peer)));
    }

    /** All reasons, each with the figures that it is for. */
    public Map<String, List<Cell>> unmeasured() {
        Map<String, List<Cell>> byReason = new TreeMap<>();
        reasons.forEach((cell, why) -> {
            if (!values.containsKey(cell) && !read.containsKey(cell)) {
                byReason.computeIfAbsent(why, key -> new ArrayList<>()).add(cell);
            }
        });
        return byReason;
    }

    /** The peers that have a value for any figure, in the order of a list; then others. */
    public List<String> peers(List<String> order) {
        List<String> measured = new ArrayList<>();
        values.keySet().forEach(cell -> measured.add(cell.peer));
        read.keySet().forEach(cell -> measured.add(cell.peer));
        List<String> all = new ArrayList<>(order);
        all.addAll(measured);
        return all.stream().distinct().filter(measured::contains).toList();
    }

    /**
     * Everything as JSON: {@code {"figure": {"peer": {"median": 1.0, "min": 1.0, "max": 1.0,
     * "unit": "ns"}}}}.
     */
    public void write(Path file) throws IOException {
        JSON.writeValue(file.toFile(), byFigure());
    }

    private Map<String, Map<String, Statistics>> byFigure() {
        Map<String, Map<String, Statistics>> all = new LinkedHashMap<>();
        for (Figure figure : Figure.ALL) {
            for (String peer : peers(List.of())) {
                of(figure, peer).ifPresent(statistics -> all
                        .computeIfAbsent(figure.key(), key -> new LinkedHashMap<>()).put(peer, statistics));
            }
        }
        return all;
    }

    /** Reads what {@link #write} has written. */
    public static Results read(Path file) throws IOException {
        Map<String, Map<String, Statistics>> all = JSON.readValue(file.toFile(), new TypeReference<>() {
        });
        Results results = new Results();
        all.forEach((figure, peers) -> peers
                .forEach((peer, statistics) -> results.read.put(new Cell(figure, peer), statistics)));
        return results;
    }
}
