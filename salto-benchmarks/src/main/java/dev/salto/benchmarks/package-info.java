// SPDX-License-Identifier: Apache-2.0

/**
 * The command {@code salto bench}: runs what measures, in rounds, and prints the figures beside
 * their limits.
 */
@NullMarked
package dev.salto.benchmarks;

import org.jspecify.annotations.NullMarked;
