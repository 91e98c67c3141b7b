// SPDX-License-Identifier: Apache-2.0

package dev.salto.internal.table;

/** As much memory as a cache line, in front of a stripe's own fields, so that no two stripes share one. */
@SuppressWarnings("UnusedVariable")
abstract class StripePadding {
    private long word0;
    private long word1;
    private long word2;
    private long word3;
    private long word4;
    private long word5;
    private long word6;
    private long word7;
}
