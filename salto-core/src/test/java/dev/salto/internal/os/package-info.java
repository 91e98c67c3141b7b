// SPDX-License-Identifier: Apache-2.0

/**
 * Tests of what Salto asks of the operating system, and of what it does when the system refuses.
 */
@NullMarked
package dev.salto.internal.os;

import org.jspecify.annotations.NullMarked;
