// SPDX-License-Identifier: Apache-2.0

package dev.salto;

/**
 * Large numbers of a test, where more find more faults, but take longer. {@link Sample} chooses
 * among cases.
 */
public final class Amounts {
    /**
     * The divisor of numbers in this JVM. It is small in {@code mvn verify}, and large if the JVM
     * is emulated or only interprets.
     */
    private static final int DIVISOR = Integer.getInteger("dev.salto.tests.divisor", 1);

    /** More than the slots of a table without static trampolines. */
    private static final int MORE_THAN_STUBS = 1500;

    private Amounts() {}

    /** This many in a thorough run, fewer in others, and fewest under emulation. */
    public static int scaled(int full) {
        return Math.max(1, full / DIVISOR);
    }

    /** At least this many, scaled, and in any case more than fit into one table. */
    static int moreThanATable(int full) {
        return Math.max(scaled(full), Trampoline.isSupported() ? TrampolineTable.capacity() + 1 : MORE_THAN_STUBS);
    }
}
