// SPDX-License-Identifier: Apache-2.0

/**
 * What goes wrong while native code calls: closures that are closed, exceptions that leave a
 * callback.
 */
@NullMarked
package dev.salto.internal.failure;

import org.jspecify.annotations.NullMarked;
