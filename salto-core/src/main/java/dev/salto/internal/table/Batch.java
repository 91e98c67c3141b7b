// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import org.jspecify.annotations.Nullable;

/** Some ids that travel together between a magazine and the depot. */
final class Batch {
    /** How many it has room for. */
    static final int SIZE = 64;

    int[] ids = new int[SIZE];
    int count;

    /** Whether any of its ids may be {@link Tables#NONE}. */
    boolean hasGaps;

    /** The next one in the depot's quarantine, or among its spare ones. */
    @Nullable
    Batch next;
}
