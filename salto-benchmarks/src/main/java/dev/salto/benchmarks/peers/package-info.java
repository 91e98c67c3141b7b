// SPDX-License-Identifier: Apache-2.0

/** Salto and what it is compared with, each behind the same few methods. */
@NullMarked
package dev.salto.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
