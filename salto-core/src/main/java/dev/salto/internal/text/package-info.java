// SPDX-License-Identifier: Apache-2.0

/** Finding, checking and mapping the text image. */
@NullMarked
package dev.salto.internal.text;

import org.jspecify.annotations.NullMarked;
