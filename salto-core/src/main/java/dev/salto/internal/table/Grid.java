// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

/**
 * The places of a code table's trampolines. They lie in lines: some trampolines, and perhaps some
 * bytes behind them.
 *
 * <p>It divides by a multiplication, which takes a quarter of the time of a division.
 */
final class Grid {
    private final int count;
    private final int size;
    private final int inLine;

    /** The number of bytes behind the trampolines of a line. */
    private final int gap;

    private final long inverseOfCount;
    private final long inverseOfSize;

    /**
     * A grid.
     *
     * @param count the number of trampolines
     * @param size the distance from one to the next in its line, in bytes
     * @param inLine the number in a line
     * @param lineSize the distance from one line to the next, in bytes
     */
    Grid(int count, int size, int inLine, int lineSize) {
        this.count = count;
        this.size = size;
        this.inLine = inLine;
        this.gap = lineSize - inLine * size;
        this.inverseOfCount = inverse(inLine);
        this.inverseOfSize = inverse(lineSize);
    }

    /** How many trampolines there are. */
    int count() {
        return count;
    }

    /** The distance of a slot's trampoline from the first one, in bytes. */
    int offset(int slot) {
        return gap == 0 ? slot * size : slot * size + divide(slot, inverseOfCount) * gap;
    }

    /**
     * The slot of a trampoline.
     *
     * @param offset the distance of the trampoline from the first one, in bytes
     * @return {@link Tables#NONE} if none begins there
     */
    int slotAt(long offset) {
        if (offset < 0 || offset > offset(count - 1)) {
            return Tables.NONE;
        }
        // An address within a trampoline gives its slot or the next one, whose trampoline begins at
        // another address.
        int slot = divide((offset + gap) * inLine, inverseOfSize);
        return slot < count && offset(slot) == offset ? slot : Tables.NONE;
    }

    /** The factor that {@link #divide} needs instead of a divisor. */
    private static long inverse(int divisor) {
        return Math.ceilDiv(1L << Integer.SIZE, divisor);
    }

    /** Divides a number of 18 bits by a divisor of at most 10 bits. */
    private static int divide(long number, long inverse) {
        return (int) ((number * inverse) >>> Integer.SIZE);
    }
}
