// SPDX-License-Identifier: Apache-2.0

/** Tables, their slots, growth and reuse. */
@NullMarked
package dev.salto.internal.table;

import org.jspecify.annotations.NullMarked;
