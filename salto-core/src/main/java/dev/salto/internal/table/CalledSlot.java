// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import dev.salto.internal.failure.CalledClosure;

/**
 * The closure of a slot at the time of a call.
 *
 * @param classNumber as {@link Tables#classNumber}
 */
record CalledSlot(long address, Kind kind, int classNumber) implements CalledClosure {
    static CalledSlot of(int id) {
        return new CalledSlot(Tables.table(id).address(Tables.slot(id)), Tables.kind(id), Tables.classNumber(id));
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
