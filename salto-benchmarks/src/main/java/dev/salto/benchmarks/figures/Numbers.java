// SPDX-License-Identifier: Apache-2.0

package dev.salto.benchmarks.figures;

import java.util.Locale;

/** Numbers for people, the same in every locale. */
public final class Numbers {
    private static final double MANY = 1_000;
    private static final double SOME = 100;

    private Numbers() {}

    /**
     * As many digits as say something: {@code 1.04}, {@code 28.3}, {@code 4,147}; none behind the
     * point of a whole number.
     */
    public static String of(double value) {
        double size = Math.abs(value);
        if (size >= MANY || value == Math.rint(value)) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(Locale.ROOT, size >= SOME ? "%.0f" : size >= 10 ? "%.1f" : "%.2f", value);
    }
}
