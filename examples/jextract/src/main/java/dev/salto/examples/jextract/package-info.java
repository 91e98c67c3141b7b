// SPDX-License-Identifier: Apache-2.0

/**
 * Bindings of {@code sqlite3.h} in the form that jextract gives them, moved over to Salto by one
 * line of the callback's class.
 */
@NullMarked
package dev.salto.examples.jextract;

import org.jspecify.annotations.NullMarked;
