// SPDX-License-Identifier: Apache-2.0

/** Benchmarks for JMH: the costs of calls, and of short loops. One question to a class. */
@NullMarked
package dev.salto.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
