// SPDX-License-Identifier: Apache-2.0

/**
 * Programs that measure in a JVM of their own what JMH cannot: scale, limits, memory, threads, the
 * start. They print lines for their parent.
 */
@NullMarked
package dev.salto.benchmarks.child;

import org.jspecify.annotations.NullMarked;
