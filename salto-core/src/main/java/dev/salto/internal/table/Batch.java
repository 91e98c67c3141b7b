// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

import org.jspecify.annotations.Nullable;

/** Ids that move together between a magazine and the depot. */
final class Batch {
    /** The largest number of ids. */
    static final int SIZE = 64;

    int[] ids = new int[SIZE];
    int count;

    /** Whether any of its ids may be {@link Tables#NONE}. */
    boolean hasGaps;

    /** The next batch in the depot's quarantine, or among its spare ones. */
    @Nullable
    Batch next;
}
