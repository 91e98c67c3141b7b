// SPDX-License-Identifier: Apache-2.0

package dev.salto.agent.internal;

import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Counts the stubs of one calling class. It does not keep the class alive. */
final class CallerCounts {
    private final String name;
    private final boolean isSalto;
    private final StubCounts all;
    private final LongAdder stubs = new LongAdder();

    CallerCounts(String name, boolean isSalto, StubCounts all) {
        this.name = name;
        this.isSalto = isSalto;
        this.all = all;
    }

    /** The name of the class. */
    String name() {
        return name;
    }

    /** Whether the class is one of Salto, of this or another copy, whose stubs are gates. */
    boolean isSalto() {
        return isSalto;
    }

    /** How many static trampolines were made. */
    long stubs() {
        return stubs.sum();
    }

    /** Counts a static trampoline. */
    void countStatic() {
        stubs.increment();
        all.note(this, null);
    }

    /** Counts a stub that the JDK makes, or refuses. */
    void countJdk(String reason) {
        all.note(this, reason);
    }
}
