// SPDX-License-Identifier: Apache-2.0

/** Ports: the calling conventions of the architectures. */
@NullMarked
package dev.salto.internal.abi;

import org.jspecify.annotations.NullMarked;
