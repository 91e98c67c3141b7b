// SPDX-License-Identifier: Apache-2.0

/** Closures, function pointers for Java objects, and the trampolines beneath them. */
@NullMarked
package dev.salto;

import org.jspecify.annotations.NullMarked;
