// SPDX-License-Identifier: Apache-2.0

/** The examples by name. Each example is in a package of its own, and needs nothing of this one. */
@NullMarked
package dev.salto.examples;

import org.jspecify.annotations.NullMarked;
