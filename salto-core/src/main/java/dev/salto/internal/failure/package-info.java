// SPDX-License-Identifier: Apache-2.0

/** Failures of calls: calls of closed closures, and exceptions that leave callbacks. */
@NullMarked
package dev.salto.internal.failure;

import org.jspecify.annotations.NullMarked;
