// SPDX-License-Identifier: Apache-2.0

/** A steady load of everything that closures do, with every answer checked: {@code salto soak}. */
@NullMarked
package dev.salto.cli.soak;

import org.jspecify.annotations.NullMarked;
