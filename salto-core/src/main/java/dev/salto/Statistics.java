// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.failure.ExceptionCatcher;
import dev.salto.internal.failure.StaleCalls;
import dev.salto.internal.gate.Gate;
import dev.salto.internal.table.KindSlots;
import dev.salto.internal.table.Tables;
import dev.salto.internal.table.Turnover;

/**
 * What happened in this process so far. Taken by {@link Salto#statistics}, at no cost before that
 * but the counting.
 *
 * @param bound how many slots were taken, by closures, native bindings and raw trampolines; those
 *     of a {@link TrampolineTable} and of closures that are upcall stubs are not counted
 * @param closed how many of them were given back
 * @param tables how many tables are mapped, except for those whose closures are all closed and that
 *     wait to be used again
 * @param gates how many gates were made: upcall stubs that the closures of a signature share. A
 *     type whose objects are of many classes has up to three
 * @param usesAfterFree how many calls of closed closures there were
 * @param exceptions how many exceptions left a callback
 * @param stubs how many closures are upcall stubs of the JDK now, where the policy allows that
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
