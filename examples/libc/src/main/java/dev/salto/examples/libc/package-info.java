// SPDX-License-Identifier: Apache-2.0

/** The C library: {@code qsort} and {@code nftw}. */
@NullMarked
package dev.salto.examples.libc;

import org.jspecify.annotations.NullMarked;
