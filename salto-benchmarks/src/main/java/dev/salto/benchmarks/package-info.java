// SPDX-License-Identifier: Apache-2.0

/** Benchmarks: one question to a class, and {@link Benchmarks} to run them. */
@NullMarked
package dev.salto.benchmarks;

import org.jspecify.annotations.NullMarked;
