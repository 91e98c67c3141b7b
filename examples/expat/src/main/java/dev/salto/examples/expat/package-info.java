// SPDX-License-Identifier: Apache-2.0

/** Expat: the handlers of an XML parser. */
@NullMarked
package dev.salto.examples.expat;

import org.jspecify.annotations.NullMarked;
