// SPDX-License-Identifier: Apache-2.0

/** Gates, one upcall stub for each signature, and the dispatchers behind them. */
@NullMarked
package dev.salto.internal.gate;

import org.jspecify.annotations.NullMarked;
