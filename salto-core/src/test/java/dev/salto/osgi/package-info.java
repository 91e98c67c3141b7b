// SPDX-License-Identifier: Apache-2.0

/** A user of the library that is an OSGi bundle, and the program that runs it. */
@NullMarked
package dev.salto.osgi;

import org.jspecify.annotations.NullMarked;
