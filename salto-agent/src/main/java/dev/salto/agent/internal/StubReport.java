// SPDX-License-Identifier: Apache-2.0

package dev.salto.agent.internal;

import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** The counts as a text, for the end of the process. */
final class StubReport {
    /** Bytes of a stub of the JDK for a function of two numbers: x86-64, JDK 25. */
    private static final long CODE_OF_STUB = 740;
    private static final long MEMORY_OF_STUB = 798;

    private static final double MEGABYTE = 1e6;

    private final StubCounts counts;

    StubReport(StubCounts counts) {
        this.counts = counts;
    }

    @Override
    public String toString() {
        long made = counts.callers().values().stream().mapToLong(CallerCounts::stubs).sum();
        long open = counts.mostOpen();
        StringBuilder text = new StringBuilder(
                "Salto's agent: static trampolines instead of upcall stubs: %,d; left to the JDK: %,d%n".formatted(made,
                        counts.reasons().values().stream().mapToLong(LongAdder::sum).sum()));
        text.append(
                "At most %,d were open. As stubs they would take about %.1f MB of code cache, and %.1f MB of RSS.%n"
                        .formatted(open, open * CODE_OF_STUB / MEGABYTE, open * MEMORY_OF_STUB / MEGABYTE));
        add(text, "Call sites:", counts.callSites());
        if (!counts.reasons().isEmpty()) {
            add(text, "Left to the JDK, because:", counts.reasons());
        }
        return text.toString().stripTrailing();
    }

    private static void add(StringBuilder text, String title, Map<String, LongAdder> rows) {
        text.append(title).append(System.lineSeparator());
        rows.entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<String, LongAdder> row) -> -row.getValue().sum()))
                .forEach(row -> text.append("%,12d  %s%n".formatted(row.getValue().sum(), row.getKey())));
    }
}
