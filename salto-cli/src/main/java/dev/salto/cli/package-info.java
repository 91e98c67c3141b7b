// SPDX-License-Identifier: Apache-2.0

/** The commands of the {@code salto} script. */
@NullMarked
package dev.salto.cli;

import org.jspecify.annotations.NullMarked;
