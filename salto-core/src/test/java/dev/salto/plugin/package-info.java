// SPDX-License-Identifier: Apache-2.0

/** A user of the library whose classes are loaded and unloaded. */
@NullMarked
package dev.salto.plugin;

import org.jspecify.annotations.NullMarked;
