// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.failure.ExceptionCatcher;
import dev.salto.internal.failure.StaleCalls;
import dev.salto.internal.gate.Gate;
import dev.salto.internal.table.KindSlots;
import dev.salto.internal.table.Tables;
import dev.salto.internal.table.Turnover;

/** The numbers of one moment. */
record CurrentStatistics(long bound, long closed, long tables, long gates, long usesAfterFree, long exceptions,
        long stubs) implements Statistics {
    static Statistics take() {
        Turnover turnover = KindSlots.turnoverOfAll();
        return new CurrentStatistics(turnover.taken(), turnover.givenBack(),
                Tables.states().stream().filter(table -> !table.isEmpty()).count(), Gate.count(),
                StaleCalls.count(), ExceptionCatcher.count(), Gate.stubsInUse());
    }
}
