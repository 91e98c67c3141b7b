// SPDX-License-Identifier: Apache-2.0

/**
 * Data-driven closures: one generic entry stores what the caller passed, and data says how to read
 * it.
 */
@NullMarked
package dev.salto.internal.data;

import org.jspecify.annotations.NullMarked;
