// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

import dev.salto.ClosureOption;
import dev.salto.Salto;
import dev.salto.UseAfterFree;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * The calls of closed closures that Salto noticed, by the interface of the closure. While this is
 * open, it overrides the policies of all types. All methods may be called from any thread.
 */
final class StaleCalls implements AutoCloseable {
    private final ConcurrentMap<String, LongAdder> counts = new ConcurrentHashMap<>();

    StaleCalls() {
        Salto.override(ClosureOption.onUseAfterFree(this::note));
    }

    private void note(UseAfterFree call) {
        String type = call.type();
        counter(type.substring(0, type.indexOf(','))).increment();
    }

    private LongAdder counter(String interfaceName) {
        return counts.computeIfAbsent(interfaceName, _ -> new LongAdder());
    }

    /** How many calls of closed closures of an interface there were. */
    long count(Class<?> functionalInterface) {
        return counter(functionalInterface.getName()).sum();
    }

    /** How many there were in all. */
    long count() {
        return counts.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /**
     * Counts calls of closed closures that a worker has made, and checks that all were noticed.
     *
     * @param before the count of the interface before
     * @param what the called function, for people
     */
    void made(long calls, Class<?> functionalInterface, long before, String what, Ledger ledger) {
        ledger.add(Work.STALE_CALL, calls);
        long noticed = count(functionalInterface) - before;
        if (noticed != calls) {
            ledger.wrong("%d of %d calls of %s were noticed".formatted(noticed, calls, what));
        }
    }

    @Override
    public void close() {
        Salto.override();
    }
}
