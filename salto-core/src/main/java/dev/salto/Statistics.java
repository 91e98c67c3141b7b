// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.failure.ExceptionCatcher;
import dev.salto.internal.failure.StaleCalls;
import dev.salto.internal.gate.Gate;
import dev.salto.internal.table.KindSlots;
import dev.salto.internal.table.Tables;
import dev.salto.internal.table.Turnover;

/**
 * Counts of this process so far, from {@link Salto#statistics}. Only the counting has a cost.
 *
 * @param bound the number of slots that were taken by closures, native bindings and raw
 *     trampolines. A {@link TrampolineTable}, and closures that are upcall stubs, do not count
 * @param closed the number of these slots that were given back
 * @param tables the number of mapped tables, without those whose closures are all closed and that
 *     wait for reuse
 * @param gates the number of gates: upcall stubs that the closures of a signature share. A type
 *     with objects of many classes has up to three
 * @param usesAfterFree the number of calls of closed closures
 * @param exceptions the number of exceptions that left a callback
 * @param stubs the number of open closures that are upcall stubs of the JDK, which the policy must
 *     allow
 */
public record Statistics(long bound, long closed, long tables, long gates, long usesAfterFree, long exceptions,
        long stubs) {
    static Statistics take() {
        Turnover turnover = KindSlots.turnoverOfAll();
        return new Statistics(turnover.taken(), turnover.givenBack(),
                Tables.states().stream().filter(table -> !table.isEmpty()).count(), Gate.count(),
                StaleCalls.count(), ExceptionCatcher.count(), Gate.stubsInUse());
    }
}
