// SPDX-License-Identifier: Apache-2.0

/** GLib: a main loop and signals. */
@NullMarked
package dev.salto.examples.glib;

import org.jspecify.annotations.NullMarked;
