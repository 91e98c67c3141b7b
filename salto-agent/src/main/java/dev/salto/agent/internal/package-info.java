// SPDX-License-Identifier: Apache-2.0

/**
 * The agent beside its own copy of Salto, in a module that applications do not see.
 */
@NullMarked
package dev.salto.agent.internal;

import org.jspecify.annotations.NullMarked;
