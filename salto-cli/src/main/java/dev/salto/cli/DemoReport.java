// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The output of {@code salto demo --json}.
 *
 * @param figures the costs of each side
 * @param checks the checked answers of closures
 * @param writableExecutable the writable+executable mappings that each side added to the process
 */
record DemoReport(List<Figure> figures, Checks checks, Sides writableExecutable) {
    /**
     * One cost on both sides.
     *
     * @param ratio Salto's divided by the JDK's; null where the JDK's is not above zero
     */
    record Figure(String name, String unit, double salto, double jdk, @Nullable Double ratio) {
        static Figure of(String name, String unit, double salto, double jdk) {
            return new Figure(name, unit, rounded(salto), rounded(jdk), jdk <= 0 ? null : significant(salto / jdk));
        }

        private static double rounded(double value) {
            return Math.round(value * 100) / 100.0;
        }

        private static double significant(double ratio) {
            return Double.parseDouble("%.3g".formatted(ratio));
        }
    }

    /**
     * Answers of callbacks, on both sides together.
     *
     * @param answers the number of checked answers
     * @param wrong the number of wrong ones
     */
    record Checks(long answers, long wrong) {}

    /** A number for each side. */
    record Sides(long salto, long jdk) {}
}
