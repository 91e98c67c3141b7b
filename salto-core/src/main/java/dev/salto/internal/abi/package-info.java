// SPDX-License-Identifier: Apache-2.0

/** What each architecture's calling convention says: one port for each. */
@NullMarked
package dev.salto.internal.abi;

import org.jspecify.annotations.NullMarked;
