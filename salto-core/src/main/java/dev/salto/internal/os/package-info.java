// SPDX-License-Identifier: Apache-2.0

/** The operating system: all calls to it, and all knowledge of it. */
@NullMarked
package dev.salto.internal.os;

import org.jspecify.annotations.NullMarked;
