// SPDX-License-Identifier: Apache-2.0

/** Recorded calls: the log of SQLite, and a signal handler. */
@NullMarked
package dev.salto.examples.recorded;

import org.jspecify.annotations.NullMarked;
