// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.failure.ReportedClosure;
import org.jspecify.annotations.Nullable;

/**
 * The closure of a slot at the time of a call.
 *
 * @param classNumber as {@link Tables#classNumber}
 * @param label null if it has none
 */
record ReportedSlot(long address, Kind kind, int classNumber, @Nullable String label) implements ReportedClosure {
    static ReportedSlot of(int id) {
        return new ReportedSlot(Tables.table(id).address(Tables.slot(id)), Tables.kind(id), Tables.classNumber(id),
                Tables.label(id, Tables.target(id) != null));
    }

    @Override
    public String type() {
        return kind.describe();
    }

    @Override
    public String targetClass() {
        return ClassNames.name(classNumber);
    }

    @Override
    public boolean hasResult() {
        return kind.function().returnLayout().isPresent();
    }
}
