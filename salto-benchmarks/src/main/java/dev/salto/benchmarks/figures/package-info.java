// SPDX-License-Identifier: Apache-2.0

/** Figures, their results, and the requirements. */
@NullMarked
package dev.salto.benchmarks.figures;

import org.jspecify.annotations.NullMarked;
