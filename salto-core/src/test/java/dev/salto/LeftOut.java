// SPDX-License-Identifier: Apache-2.0

package dev.salto;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Random cases that a class of tests leaves out, counted by reason. A case that is no random one is
 * a test of its own, which is skipped.
 */
final class LeftOut {
    private final Map<String, Integer> counts = new TreeMap<>();

    /**
     * Counts a case if there is a reason to leave it out.
     *
     * @param cases for the message: the kind of the case, and the result for it
     * @return whether there is a reason
     */
    synchronized boolean count(String cases, Optional<String> reason) {
        reason.ifPresent(text -> counts.merge(cases + ": " + text, 1, Integer::sum));
        return reason.isPresent();
    }

    /** Prints a line for each reason. */
    synchronized void print() {
        counts.forEach((reason, count) -> System.out.printf("%d %s%n", count, reason));
        counts.clear();
    }
}
