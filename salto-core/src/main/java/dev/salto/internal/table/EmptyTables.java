// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import org.jspecify.annotations.Nullable;

/**
 * The tables of one kind without memory in the Java heap, because all their slots are free.
 *
 * <p>It belongs to a depot, whose monitor guards it.
 */
final class EmptyTables {
    private @Nullable Table first;
    private @Nullable Table last;

    /** The table that is used again next. */
    @Nullable
    Table first() {
        return first;
    }

    /** Adds a table. If it can be used again at once, it comes first. */
    void add(Table table) {
        table.isEmpty = true;
        if (first == null || last == null) {
            first = table;
            last = table;
        } else if (table.reusableFrom == 0) {
            table.nextEmpty = first;
            first = table;
        } else {
            last.nextEmpty = table;
            last = table;
        }
    }

    void removeFirst() {
        Table table = first;
        if (table != null) {
            first = table.nextEmpty;
            last = first == null ? null : last;
            table.nextEmpty = null;
            table.isEmpty = false;
        }
    }

    void clear() {
        first = null;
        last = null;
    }
}
