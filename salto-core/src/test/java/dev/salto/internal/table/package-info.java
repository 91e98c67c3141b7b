// SPDX-License-Identifier: Apache-2.0

/** Tests of what cannot be seen from outside. */
@NullMarked
package dev.salto.internal.table;

import org.jspecify.annotations.NullMarked;
