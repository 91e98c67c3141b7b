// SPDX-License-Identifier: Apache-2.0

/** Races of the public API. Each test is one moment, which jcstress repeats millions of times. */
@NullMarked
package dev.salto.stress;

import org.jspecify.annotations.NullMarked;
