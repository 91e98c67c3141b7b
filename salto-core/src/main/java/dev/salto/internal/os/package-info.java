// SPDX-License-Identifier: Apache-2.0

/** The operating system: all that Salto asks of it, and all that it knows about it. */
@NullMarked
package dev.salto.internal.os;

import org.jspecify.annotations.NullMarked;
