// SPDX-License-Identifier: Apache-2.0

/** SQLite: a function, a collation and an update hook. */
@NullMarked
package dev.salto.examples.sqlite;

import org.jspecify.annotations.NullMarked;
