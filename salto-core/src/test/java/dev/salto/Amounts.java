// SPDX-License-Identifier: Apache-2.0

package dev.salto;

/**
 * How many of a thing a test makes, where more of them find more, but take longer. {@link Sample}
 * chooses among cases.
 */
public final class Amounts {
    /**
     * How many times fewer there are in this JVM, because it is an emulated or an interpreting one.
     */
    private static final int DIVISOR = Integer.getInteger("dev.salto.tests.divisor", 1);

    private Amounts() {}

    /** This many on hardware, fewer under emulation. */
    public static int scaled(int full) {
        return Math.max(1, full / DIVISOR);
    }

    /** At least this many, scaled, and in any case more than fit into one table. */
    static int moreThanATable(int full) {
        return Math.max(scaled(full), TrampolineTable.capacity() + 1);
    }
}
