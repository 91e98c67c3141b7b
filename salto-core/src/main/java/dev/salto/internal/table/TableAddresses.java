// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import java.util.Arrays;

/** Which table is where. It never changes; one more table makes a new one. */
final class TableAddresses {
    /** No table. */
    static final TableAddresses NONE = new TableAddresses(new long[0], new int[0]);

    /** Where code tables begin, in ascending order, and the numbers of their tables. */
    private final long[] starts;

    private final int[] numbers;

    private TableAddresses(long[] starts, int[] numbers) {
        this.starts = starts;
        this.numbers = numbers;
    }

    /** These tables and one more. */
    TableAddresses with(long start, int number) {
        int place = -Arrays.binarySearch(starts, start) - 1;
        int behind = starts.length - place;
        long[] moreStarts = Arrays.copyOf(starts, starts.length + 1);
        System.arraycopy(starts, place, moreStarts, place + 1, behind);
        moreStarts[place] = start;
        int[] moreNumbers = Arrays.copyOf(numbers, numbers.length + 1);
        System.arraycopy(numbers, place, moreNumbers, place + 1, behind);
        moreNumbers[place] = number;
        return new TableAddresses(moreStarts, moreNumbers);
    }

    /**
     * The number of the last table that begins at an address or before it.
     *
     * @return {@link Tables#NONE} if none does
     */
    int numberAt(long address) {
        int place = Arrays.binarySearch(starts, address);
        int before = place >= 0 ? place : -place - 2;
        return before >= 0 ? numbers[before] : Tables.NONE;
    }
}
