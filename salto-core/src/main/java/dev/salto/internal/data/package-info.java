// SPDX-License-Identifier: Apache-2.0

/**
 * Data-driven closures: one generic entry stores the caller's arguments, and a plan says how to
 * read them.
 */
@NullMarked
package dev.salto.internal.data;

import org.jspecify.annotations.NullMarked;
