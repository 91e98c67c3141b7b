// SPDX-License-Identifier: Apache-2.0

/** Trampolines with native targets: data, a marshaller, and a computation. */
@NullMarked
package dev.salto.examples.trampolines;

import org.jspecify.annotations.NullMarked;
