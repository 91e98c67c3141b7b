// SPDX-License-Identifier: Apache-2.0

/** Tests of what cannot be seen from outside. */
@NullMarked
package dev.salto.internal.text;

import org.jspecify.annotations.NullMarked;
