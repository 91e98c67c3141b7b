// SPDX-License-Identifier: Apache-2.0

/** The tests in another JVM than the one that builds the library. */
@NullMarked
package dev.salto.elsewhere;

import org.jspecify.annotations.NullMarked;
