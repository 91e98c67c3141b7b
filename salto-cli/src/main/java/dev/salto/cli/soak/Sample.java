// SPDX-License-Identifier: Apache-2.0

package dev.salto.cli.soak;

import dev.salto.Salto;
import dev.salto.text.callers.Footprint;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * The soak at one moment.
 *
 * @param elapsed the time since the load began
 * @param fraction how much of the goal is done
 * @param done what was done
 * @param residentBytes the process's private memory in RAM
 * @param tables how many tables are mapped
 */
public record Sample(Duration elapsed, double fraction, Map<Work, Long> done, long residentBytes, long tables) {
    static Sample take(Duration elapsed, double fraction, Ledger ledger) {
        Map<Work, Long> done = new EnumMap<>(Work.class);
        for (Work work : Work.values()) {
            done.put(work, ledger.count(work));
        }
        return new Sample(elapsed, fraction, done, Footprint.now().residentBytes(), Salto.statistics().tables());
    }

    long count(Work work) {
        return done.getOrDefault(work, 0L);
    }

    /** Whether each kind of work was done at least once. */
    boolean hasAll() {
        return done.values().stream().allMatch(count -> count > 0);
    }
}
