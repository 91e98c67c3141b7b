// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

/**
 * Finds tables by address. For each unit of 64 KiB it has the tables with code there. A table lies
 * in one to three units.
 *
 * <p>Any thread may search. One thread at a time may add tables, after it has made room.
 */
final class AddressMap {
    private static final int UNIT_BITS = 16;
    private static final int FIRST_CAPACITY = 64;

    /** A multiplier for hashing: 2 to the power of 64, divided by the golden ratio. */
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private volatile Entries entries = new Entries(FIRST_CAPACITY);

    /** Open addressing: units with tables, or 0, and the numbers of the tables. */
    private static final class Entries {
        final long[] units;
        final int[] numbers;

        Entries(int capacity) {
            units = new long[capacity];
            numbers = new int[capacity];
        }

        int first(long unit) {
            return (int) ((unit * GOLDEN) >>> (Long.SIZE - Integer.numberOfTrailingZeros(units.length)));
        }

        int next(int place) {
            return (place + 1) & (units.length - 1);
        }

        void put(long unit, int number) {
            int place = first(unit);
            while (units[place] != 0) {
                place = next(place);
            }
            numbers[place] = number;
            units[place] = unit;
        }
    }

    /** Searches a table for an address. */
    interface Finder {
        /** Returns the result, or {@link Tables#NONE}. */
        int find(int number, long address);
    }

    /**
     * Asks the tables that have code near an address, and returns the first answer that is not
     * {@link Tables#NONE}.
     */
    int find(long address, Finder finder) {
        Entries current = entries;
        long unit = address >>> UNIT_BITS;
        int place = current.first(unit);
        while (current.units[place] != 0) {
            if (current.units[place] == unit) {
                int found = finder.find(current.numbers[place], address);
                if (found != Tables.NONE) {
                    return found;
                }
            }
            place = current.next(place);
        }
        return Tables.NONE;
    }

    /** Makes room for a number of tables in all, so that adding them cannot fail. */
    void makeRoom(int tables) {
        Entries before = entries;
        int capacity = before.units.length;
        // A table lies in at most three units, and half of the places stay empty.
        while (capacity < 6 * tables) {
            capacity *= 2;
        }
        if (capacity > before.units.length) {
            Entries after = new Entries(capacity);
            for (int i = 0; i < before.units.length; i++) {
                if (before.units[i] != 0) {
                    after.put(before.units[i], before.numbers[i]);
                }
            }
            entries = after;
        }
    }

    void add(int number, long code, long codeSize) {
        long last = (code + codeSize - 1) >>> UNIT_BITS;
        for (long unit = code >>> UNIT_BITS; unit <= last; unit++) {
            entries.put(unit, number);
        }
    }
}
