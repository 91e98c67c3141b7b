// SPDX-License-Identifier: Apache-2.0

/** libuv: timers of an event loop. */
@NullMarked
package dev.salto.examples.libuv;

import org.jspecify.annotations.NullMarked;
