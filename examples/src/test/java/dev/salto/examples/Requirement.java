// SPDX-License-Identifier: Apache-2.0

package dev.salto.examples;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Assumptions;

/** Skips the tests of an example that lacks something on this machine. */
public final class Requirement {
    private static final Set<Example> REPORTED = ConcurrentHashMap.newKeySet();

    private Requirement() {}

    /** Ends the test as skipped, with the reason, if the example cannot run here. */
    public static void of(Example example) {
        example.missing().ifPresent(missing -> skip(example, missing));
    }

    /** Prints the reason once, which Surefire leaves out. */
    private static void skip(Example example, String reason) {
        if (REPORTED.add(example)) {
            System.out.printf("Tests of the example %s are skipped: %s%n", example.commandName(), reason);
        }
        Assumptions.abort(reason);
    }
}
