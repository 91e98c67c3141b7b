// SPDX-License-Identifier: Apache-2.0

/** Access to state that is not visible from outside. */
@NullMarked
package dev.salto.internal.table;

import org.jspecify.annotations.NullMarked;
