// SPDX-License-Identifier: Apache-2.0

/** The tests in the JVM of another architecture. */
@NullMarked
package dev.salto.emulated;

import org.jspecify.annotations.NullMarked;
