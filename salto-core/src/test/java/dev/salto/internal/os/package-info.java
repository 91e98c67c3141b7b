// SPDX-License-Identifier: Apache-2.0

/** Tests of Salto's calls to the operating system, and of refusals. */
@NullMarked
package dev.salto.internal.os;

import org.jspecify.annotations.NullMarked;
