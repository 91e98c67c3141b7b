// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import dev.salto.internal.failure.ExceptionCatcher;
import dev.salto.internal.failure.StaleCalls;
import dev.salto.internal.gate.Gate;
import dev.salto.internal.table.TableState;
import dev.salto.internal.table.Tables;
import java.util.List;

/**
 * What happened in this process so far. Taken by {@link Salto#statistics}, at no cost before that but the counting.
 *
 * @param bound how many slots were taken, by closures, native bindings and raw trampolines; those of a {@link TrampolineTable} and of closures that are
 *     upcall stubs are not counted
 * @param closed how many of them were given back
 * @param tables how many tables are mapped
 * @param gates how many gates were made: upcall stubs, each shared by all closures of a signature
 * @param usesAfterFree how many calls of closed closures there were
 * @param exceptions how many exceptions left a callback
 * @param stubs how many closures are upcall stubs of the JDK now, where the policy allows that
 */
public record Statistics(long bound, long closed, long tables, long gates, long usesAfterFree, long exceptions,
        long stubs) {
    static Statistics take() {
        List<TableState> tables = Tables.states();
        long bound = tables.stream().mapToLong(TableState::taken).sum();
        return new Statistics(bound, bound - tables.stream().mapToLong(TableState::used).sum(), tables.size(),
                Gate.count(),
                StaleCalls.count(), ExceptionCatcher.count(), Gate.stubsInUse());
    }
}
