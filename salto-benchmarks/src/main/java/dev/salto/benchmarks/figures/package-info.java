// SPDX-License-Identifier: Apache-2.0

/** What is measured, what came out, and what is asked of it. */
@NullMarked
package dev.salto.benchmarks.figures;

import org.jspecify.annotations.NullMarked;
