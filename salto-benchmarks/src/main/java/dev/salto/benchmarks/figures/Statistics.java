// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.figures;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of a figure and a peer, over all rounds.
 *
 * @param median the value in the middle, or the mean of the two in the middle. Other work on the
 *     machine disturbs it less than the mean
 * @param unit what the values are in; empty for numbers
 * @param note what else there is to say; null if nothing
 */
@JsonInclude(Include.NON_NULL)
public record Statistics(double median, double min, double max, String unit, @Nullable String note) {
    private static final double PRECISION = 1e4;

    /**
     * Sums values up.
     *
     * @param values at least one
     */
    public static Statistics of(List<Double> values, String unit, @Nullable String note) {
        List<Double> sorted = values.stream().sorted().toList();
        int count = sorted.size();
        double median = (sorted.get((count - 1) / 2) + sorted.get(count / 2)) / 2;
        return new Statistics(rounded(median), rounded(sorted.getFirst()), rounded(sorted.getLast()), unit, note);
    }

    private static double rounded(double value) {
        return Math.round(value * PRECISION) / PRECISION;
    }
}
