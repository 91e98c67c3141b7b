// SPDX-License-Identifier: Apache-2.0

/**
 * For tests, demo and benchmarks: native code that calls function pointers, and a look at what the
 * process has mapped.
 */
@NullMarked
package dev.salto.text.callers;

import org.jspecify.annotations.NullMarked;
